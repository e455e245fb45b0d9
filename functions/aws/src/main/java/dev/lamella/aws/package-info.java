/** The ports on AWS: DynamoDB, S3 and Lambda. No other package uses the AWS SDK. */
package dev.lamella.aws;
