package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;

import dev.lamella.core.api.Json;
import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.Template;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionEventInvokeConfigResponse;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import tools.jackson.databind.JsonNode;

/** The functions of a stack, as an operator handles them. */
record Functions(Stack stack, LambdaClient lambda) {
  private static final String LIVE = "live";

  /** What the template declares. */
  static Template template() {
    return Template.read(ROOT.resolve("template.yaml"), Map.of(), PseudoParameters.LOCAL);
  }

  static List<String> logicalIds() {
    return template().functions().stream().map(FunctionDefinition::logicalId).toList();
  }

  /**
   * @param event name of a file of events/, which begins with the function it is for
   */
  static String of(String event) {
    return template().functions().stream()
        .filter(function -> event.startsWith(function.module() + "-"))
        .map(FunctionDefinition::logicalId)
        .findFirst()
        .orElseThrow();
  }

  /**
   * How an invocation ended.
   *
   * @param isError whether the function failed
   */
  record Outcome(boolean isError, JsonNode payload) {}

  Outcome invoke(String logicalId, byte[] event) {
    return invoke(logicalId, LIVE, event);
  }

  Outcome invoke(String logicalId, String version, byte[] event) {
    InvokeResponse answer =
        lambda.invoke(
            invoke ->
                invoke
                    .functionName(stack.physical(logicalId))
                    .qualifier(version)
                    .payload(SdkBytes.fromByteArray(event)));
    return new Outcome(answer.functionError() != null, Json.tree(answer.payload().asByteArray()));
  }

  /**
   * Without waiting for what comes of it. LocalStack looks up what to do with a failure by the
   * version, AWS by the alias by which it was invoked, where the template has it.
   */
  void invokeAsynchronously(String logicalId, byte[] event) {
    String function = stack.physical(logicalId);
    String version = live(logicalId);
    GetFunctionEventInvokeConfigResponse failures =
        lambda.getFunctionEventInvokeConfig(get -> get.functionName(function).qualifier(LIVE));
    lambda.putFunctionEventInvokeConfig(
        put ->
            put.functionName(function)
                .qualifier(version)
                .maximumRetryAttempts(failures.maximumRetryAttempts())
                .maximumEventAgeInSeconds(failures.maximumEventAgeInSeconds())
                .destinationConfig(failures.destinationConfig()));
    lambda.invoke(
        invoke ->
            invoke
                .functionName(function)
                .qualifier(LIVE)
                .invocationType(InvocationType.EVENT)
                .payload(SdkBytes.fromByteArray(event)));
  }

  /** Its variables, as deployed. */
  Map<String, String> environment(String logicalId) {
    return lambda
        .getFunctionConfiguration(get -> get.functionName(stack.physical(logicalId)))
        .environment()
        .variables();
  }

  /** The version that is in use. */
  String live(String logicalId) {
    return lambda
        .getAlias(alias -> alias.functionName(stack.physical(logicalId)).name(LIVE))
        .functionVersion();
  }

  /** Puts a version in use. */
  void use(String logicalId, String version) {
    lambda.updateAlias(
        alias -> alias.functionName(stack.physical(logicalId)).name(LIVE).functionVersion(version));
  }

  /**
   * Makes a version with other settings, which is not in use yet.
   *
   * @param timeout seconds
   * @return its number
   */
  String publish(String logicalId, int timeout, UnaryOperator<Map<String, String>> environment) {
    String function = stack.physical(logicalId);
    GetFunctionConfigurationResponse before =
        lambda.getFunctionConfiguration(get -> get.functionName(function));
    configure(
        function, timeout, environment.apply(new HashMap<>(before.environment().variables())));
    String version = lambda.publishVersion(publish -> publish.functionName(function)).version();
    lambda
        .waiter()
        .waitUntilPublishedVersionActive(get -> get.functionName(function).qualifier(version));
    configure(function, before.timeout(), before.environment().variables());
    return version;
  }

  private void configure(String function, int timeout, Map<String, String> environment) {
    lambda.updateFunctionConfiguration(
        update ->
            update
                .functionName(function)
                .timeout(timeout)
                .environment(variables -> variables.variables(environment)));
    lambda.waiter().waitUntilFunctionUpdatedV2(get -> get.functionName(function));
  }
}
