/** For tests: configuration that linters find good, or exactly one thing wrong with. */

export const good = `terraform {
  required_version = ">= 1.5"
}
resource "terraform_data" "a" {
  input = "1"
}
`;
export const unused = `${good}variable "unused" {\n  type = string\n}\n`;
export const topic = 'resource "aws_sns_topic" "a" {\n}\n';
export const broken = 'resource "x" {';
