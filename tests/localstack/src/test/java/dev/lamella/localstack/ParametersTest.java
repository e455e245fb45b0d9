package dev.lamella.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What CloudFormation refuses before it makes anything. */
class ParametersTest extends CloudTest {
  @ParameterizedTest
  @ValueSource(strings = {"ApiType=SOAP", "ShardsPerBatch=0", "UploadLifetimeHours=5"})
  void deploy_withAWrongValue_isRefused(String parameter) {
    Command.Ended deploy = Stack.tryDeploy(cloud(), tools(), "lamella-refused", parameter);
    assertThat(deploy.status()).isNotZero();
    assertThat(deploy.errors() + deploy.output()).contains(parameter.replaceFirst("=.*", ""));
  }
}
