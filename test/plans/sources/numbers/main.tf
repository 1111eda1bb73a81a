resource "terraform_data" "numbers" {
  input = {
    big       = 9007199254740993
    bigger    = 1e400
    small     = 0.1
    precise   = 0.12345678901234567890123
    one       = 1.0
    negative  = -9007199254740993
    in_a_list = [1, 1.5, 123456789012345678901234567890]
  }
}

output "account" {
  value = 123456789012
}
