package dev.lamella.local.template;

/** The two front doors that API Gateway has; they differ in prices, paths and headers. */
public enum ApiKind {
  /** {@code AWS::Serverless::HttpApi}. */
  HTTP,
  /** {@code AWS::Serverless::Api}. */
  REST
}
