terraform {
  required_version = ">= 1.10"
}

resource "terraform_data" "one" {
  count = 2
  input = count.index
  lifecycle {
    postcondition {
      condition     = self.output >= 0
      error_message = "the output is negative"
    }
  }
}

check "fails" {
  assert {
    condition     = length(terraform_data.one) == 3
    error_message = "there are ${length(terraform_data.one)}, not 3"
  }
  assert {
    condition     = length(terraform_data.one) == 4
    error_message = "nor 4"
  }
}

check "passes" {
  assert {
    condition     = length(terraform_data.one) == 2
    error_message = "never"
  }
}

check "unknown" {
  assert {
    condition     = terraform_data.one[0].id != "x"
    error_message = "told only at apply"
  }
}
