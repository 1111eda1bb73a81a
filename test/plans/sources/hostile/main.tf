resource "terraform_data" "hostile" {
  for_each = toset([
    "@everyone",
    "```\n</details><script>alert(1)</script>",
    "::set-output name=x::y",
    "##[add-path]evil",
    "https://evil.example/ ![x](https://evil.example/t.png)",
    "right\u202eto left",
    "\u001b[31mred\u0007",
    "a|b",
    "__proto__",
    "constructor",
  ])
  input = {
    "${each.key}" = "x ${each.key}"
    text          = "line\n${each.key}\nline"
  }
}
