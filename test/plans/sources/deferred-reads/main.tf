variable "answer" {
  type      = string
  ephemeral = true
}

resource "terraform_data" "first" {
  input = "x"
}

data "terraform_remote_state" "later" {
  backend = "local"
  config  = { path = "${terraform_data.first.id}.tfstate" }
}

resource "terraform_data" "second" {
  input = data.terraform_remote_state.later.outputs
}
