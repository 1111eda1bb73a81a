terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test-secret-key"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  max_retries                 = 1

  default_tags {
    tags = { project = "nat", environment = var.environment }
  }
}

variable "environment" {
  type    = string
  default = "test"
}

variable "db_password" {
  type      = string
  sensitive = true
  default   = "staple-correct-horse"
}

locals {
  zones = { a = 0, b = 1 }
}

resource "aws_vpc" "main" {
  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true
  instance_tenancy     = "default"
  tags                 = { Name = "main" }
}

resource "aws_subnet" "public" {
  for_each          = local.zones
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
  availability_zone = "eu-central-1${each.key}"
  tags              = { Name = "public-${each.key}", tier = "public" }
}

resource "aws_eip" "nat" {
  count  = 2
  domain = "vpc"
  tags   = { Name = "nat-${count.index}" }
}

resource "aws_route_table" "private" {
  count  = 2
  vpc_id = aws_vpc.main.id
  tags   = { Name = "private-${count.index}" }
}

resource "aws_route" "out" {
  count                  = 2
  route_table_id         = "rtb-0123456789abcdef${count.index}"
  destination_cidr_block = "0.0.0.0/0"
  network_interface_id   = "eni-fedcba9876543210${count.index}"
}

resource "aws_security_group" "nat" {
  name        = "nat"
  description = "NAT instances"
  vpc_id      = "vpc-0123456789abcdef0"

  ingress {
    description = "from the VPC and its peer"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["10.0.0.0/16", "10.9.0.0/16"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_iam_role" "hook" {
  name = "nat-asg-hook"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "hook" {
  name = "hook"
  role = aws_iam_role.hook.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ec2:ReplaceRoute", "ec2:CreateRoute"], Resource = "arn:aws:ec2:*:*:route-table/*" },
      { Effect = "Allow", Action = ["ec2:Describe*", "ec2:AssociateAddress"], Resource = "*" },
    ]
  })
}

resource "aws_launch_template" "nat" {
  name_prefix   = "natgw-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t4g.small"
  user_data     = base64encode("#!/bin/sh\nsysctl -w net.ipv4.ip_forward=1\nnft -f /etc/nat.nft\n")

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted   = true
      volume_size = 8
      volume_type = "gp3"
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "nat" {
  for_each         = local.zones
  name             = "nat-${each.key}"
  min_size         = 1
  max_size         = 1
  desired_capacity = 1

  vpc_zone_identifier = [aws_subnet.public[each.key].id]
  launch_template {
    id      = aws_launch_template.nat.id
    version = "$Latest"
  }
  tag {
    key                 = "Name"
    value               = "nat-${each.key}"
    propagate_at_launch = true
  }
}

removed {
  from = aws_cloudwatch_event_rule.launch
  lifecycle {
    destroy = false
  }
}

moved {
  from = aws_ssm_parameter.old
  to   = aws_ssm_parameter.plain
}

resource "aws_kms_key" "main" {
  description             = "state and logs"
  deletion_window_in_days = 30
  enable_key_rotation     = false
}

resource "aws_s3_bucket" "logs" {
  bucket        = "example-nat-logs-2"
  force_destroy = false
}

resource "aws_db_instance" "main" {
  identifier          = "primary"
  engine              = "postgres"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  username            = "app"
  password            = var.db_password
  skip_final_snapshot = true
}

resource "aws_ssm_parameter" "secret" {
  name  = "/app/db"
  type  = "SecureString"
  value = "postgres://app:${var.db_password}@db.internal/app"
}

resource "aws_ssm_parameter" "plain" {
  name  = "/app/motto"
  type  = "String"
  value = "first line\n2nd line\nthird line\n"
}

data "aws_iam_policy_document" "later" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.logs.arn}/*"]
  }
}

resource "aws_iam_policy" "logs" {
  name   = "logs"
  policy = data.aws_iam_policy_document.later.json
}

output "vpc_id" {
  value = aws_vpc.main.id
}

output "password" {
  value     = var.db_password
  sensitive = true
}

output "zones" {
  value = keys(local.zones)
}
