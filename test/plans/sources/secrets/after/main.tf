variable "token" {
  type      = string
  sensitive = true
  default   = "hunter3-even-more-secret"
}

variable "pin" {
  type      = number
  sensitive = true
  default   = 73914628
}

variable "certificate" {
  type      = string
  sensitive = true
  default   = "-----BEGIN CERTIFICATE-----\nMIIBfakefakefakefake\nQQfakefakefakefake==\n-----END CERTIFICATE-----\n"
}

variable "once" {
  type      = string
  ephemeral = true
  default   = "only-while-it-runs"
}

resource "terraform_data" "holder" {
  input = {
    user        = "application"
    password    = var.token
    url         = "https://app:${var.token}@db.internal/"
    encoded     = base64encode(var.token)
    pin         = var.pin
    certificate = var.certificate
    nested      = [{ a = "open" }, { a = var.token }]
  }
}

resource "terraform_data" "copy" {
  input = nonsensitive("copied ${var.token}")
}

resource "terraform_data" "runner" {
  input = "x"
  provisioner "local-exec" {
    command     = "true"
    environment = { TOKEN = var.token }
  }
}

output "token" {
  value     = var.token
  sensitive = true
}

output "digest" {
  value = nonsensitive(sha256(var.token))
}
