terraform {
  required_version = ">= 1.10"
}

resource "terraform_data" "counted" {
  count = 3
  input = "number no. ${count.index}"
}

resource "terraform_data" "keyed" {
  for_each = toset(["1", "a.b", "q\"uote", "ünïcode"])
  input    = each.key
}

resource "terraform_data" "new_name" {
  input = "stays as it is"
}

resource "terraform_data" "renamed" {
  input = "after"
}

resource "terraform_data" "replaced" {
  input            = "x"
  triggers_replace = ["two"]
}

resource "terraform_data" "replaced_first_created" {
  input            = "x"
  triggers_replace = { version = 2 }
  lifecycle {
    create_before_destroy = true
  }
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

moved {
  from = terraform_data.old_name
  to   = terraform_data.new_name
}

moved {
  from = terraform_data.renamed_and_changed
  to   = terraform_data.renamed
}

import {
  to = terraform_data.imported
  id = "d4f1b2a8-0000-4000-8000-000000000001"
}

resource "terraform_data" "imported" {
}

resource "terraform_data" "types" {
  input = {
    number = "1"
    text   = 1
    list   = [null]
    map    = { k = "v" }
    empty  = null
    none   = ""
    truth  = false
    lines  = "one\n2\nthree\n"
    json   = jsonencode({ a = [1, 3], b = "x" })
  }
}

resource "terraform_data" "untouched" {
  input = "same"
}

module "inner" {
  source   = "./inner"
  for_each = toset(["x", "new"])
  name     = each.key
}

output "changed" {
  value = { a = 2, b = terraform_data.replaced.id }
}

output "fresh" {
  value = [for d in terraform_data.counted : d.id]
}
