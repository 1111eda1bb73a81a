output "always" {
  value = "the same"
}

resource "terraform_data" "still" {
  input = "here"
}
