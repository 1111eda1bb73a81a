terraform {
  required_version = ">= 1.10"
}

resource "terraform_data" "counted" {
  count = 2
  input = "number ${count.index}"
}

resource "terraform_data" "keyed" {
  for_each = toset(["0", "a.b", "q\"uote", "ünïcode"])
  input    = each.key
}

resource "terraform_data" "old_name" {
  input = "stays as it is"
}

resource "terraform_data" "renamed_and_changed" {
  input = "before"
}

resource "terraform_data" "replaced" {
  input            = "x"
  triggers_replace = ["one"]
}

resource "terraform_data" "replaced_first_created" {
  input            = "x"
  triggers_replace = { version = 1 }
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "forgotten" {
  input = "kept outside"
}

resource "terraform_data" "deleted" {
  input = ["a", "b", { c = null }]
}

resource "terraform_data" "types" {
  input = {
    number = 1
    text   = "1"
    list   = []
    map    = {}
    empty  = ""
    none   = null
    truth  = true
    lines  = "one\ntwo\nthree\n"
    json   = jsonencode({ a = [1, 2], b = "x" })
  }
}

resource "terraform_data" "untouched" {
  input = "same"
}

module "inner" {
  source   = "./inner"
  for_each = toset(["x", "y.z"])
  name     = each.key
}

output "gone" {
  value = "bye"
}

output "changed" {
  value = { a = 1 }
}
