resource "terraform_data" "fine" {
  input = "fine"
}

resource "terraform_data" "not_allowed" {
  input = "never"
  lifecycle {
    precondition {
      condition     = length(terraform_data.fine.input) > 100
      error_message = "too short"
    }
  }
}
