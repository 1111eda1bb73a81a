variable "name" {
  type = string
}

resource "terraform_data" "it" {
  count = 1
  input = var.name

  connection {
    type = "ssh"
    host = "host.internal"
    user = "ops"
  }
  provisioner "local-exec" {
    command = "true"
  }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "true"
  }
}

output "id" {
  value = terraform_data.it[0].id
}
