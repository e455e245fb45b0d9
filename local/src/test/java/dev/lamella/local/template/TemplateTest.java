package dev.lamella.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.embedded.TableDefinition;
import dev.lamella.local.SmallStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  @TempDir Path directory;

  @Test
  void read_smallStack_hasWhatItDeclares() {
    Template template = SmallStack.with(Map.of());
    assertThat(template.buckets()).containsExactly("lamella-stagingbucket");
    assertThat(template.tables())
        .extracting(TableDefinition::name)
        .containsExactly("lamella-Table");
    assertThat(template.api().orElseThrow().kind()).isEqualTo(ApiKind.HTTP);
    assertThat(template.secrets())
        .containsExactly(
            new SecretDefinition(
                "AdministratorSecret", "lamella-AdministratorSecret", OptionalInt.of(43)),
            new SecretDefinition(
                "SigningKeySecret", "lamella-SigningKeySecret", OptionalInt.empty()));
    FunctionDefinition front = template.function("FrontFunction");
    assertThat(front.environment())
        .containsEntry("TABLE", "lamella-Table")
        .containsEntry("BUCKET", "lamella-stagingbucket")
        .containsEntry("SIGN_IN", "on")
        .containsEntry("ADMINISTRATOR_SECRET", "lamella-AdministratorSecret")
        .containsEntry(
            "WORKER", "arn:aws:lambda:us-east-1:000000000000:function:lamella-WorkFunction:live");
    assertThat(front.timeout()).isEqualTo(Duration.ofSeconds(10));
    FunctionDefinition work = template.function("WorkFunction");
    assertThat(work.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(work.reservedConcurrency()).isEmpty();
    assertThat(work.deadLetters())
        .contains("arn:aws:sqs:us-east-1:000000000000:lamella-DeadLetters");
  }

  @Test
  void read_otherDefaults_countWhereTheTemplateHasTheParameter() {
    Map<String, String> defaults = Map.of("SignIn", "off", "Colour", "red");
    Template open = Template.read(SmallStack.file(), defaults, Map.of(), PseudoParameters.LOCAL);
    assertThat(open.function("FrontFunction").environment()).containsEntry("SIGN_IN", "off");
    Template asking =
        Template.read(SmallStack.file(), defaults, Map.of("SignIn", "on"), PseudoParameters.LOCAL);
    assertThat(asking.function("FrontFunction").environment()).containsEntry("SIGN_IN", "on");
  }

  @Test
  void read_schedules_hasTheirRates() {
    assertThat(SmallStack.with(Map.of()).schedules())
        .containsExactlyInAnyOrder(
            new ScheduleDefinition(
                "WorkFunction",
                "Often",
                Duration.ofHours(2),
                Optional.of("{\"do\": \"note\"}"),
                true),
            new ScheduleDefinition(
                "WorkFunction", "Seldom", Duration.ofDays(1), Optional.empty(), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "rate(1 hours)", "rate(2 hour)", "rate(0 hours)", "cron(0 * * * ? *)"})
  void schedule_notARateThatEventBridgeTakes_isRefused(String expression) {
    assertThatThrownBy(() -> ScheduleDefinition.of("F", "E", Map.of("Schedule", expression)))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("F, event E: Schedule must be rate(");
  }

  @Test
  void read_otherParameters_followsConditions() {
    Template template = SmallStack.with(Map.of("ApiType", "REST", "WorkerConcurrency", "3"));
    ApiDefinition api = template.api().orElseThrow();
    assertThat(api.kind()).isEqualTo(ApiKind.REST);
    assertThat(api.prefix()).isEqualTo("/live");
    assertThat(api.binaryMediaTypes()).containsExactly("*/*");
    assertThat(template.function("WorkFunction").reservedConcurrency()).hasValue(3);
  }

  @Test
  void read_functions_giveTheirValues() throws IOException {
    Map<String, String> variables =
        variables(
            """
            SUB: !Sub 'a-${Number}-${!Literal}-${Bucket}-${Bucket.Arn}-${AWS::Region}'
            SUB_MAP: !Sub ['${X}/${Number}', {X: !Join ['+', [a, !Ref Number]]}]
            LONG: {'Fn::Sub': '${Number}'}
            SELECT: !Select [1, !Split [',', 'a,b,c']]
            MAPPED: !FindInMap [Sizes, !Ref Number, Large]
            YES: !If [IsSeven, 'yes', 'no']
            NO: !If [IsEight, 'yes', 'no']
            ARN: !GetAtt Bucket.Arn
            ALIAS: !Ref Function.Alias
            SUB_ALIAS: !Sub "${Function.Alias}/x"
            UNKNOWN: !Ref Thing
            UNKNOWN_ARN: !GetAtt Thing.Arn
            GONE: !If [IsEight, 'x', !Ref AWS::NoValue]
            DATE: 2012-10-17
            LIST: !Join ['|', !Ref Names]
            JSON: !Sub '[{"bucket":"${Bucket}"}]'
            """);
    assertThat(variables)
        .containsEntry("SUB", "a-7-${Literal}-lamella-bucket-arn:aws:s3:::lamella-bucket-us-east-1")
        .containsEntry("SUB_MAP", "a+7/7")
        .containsEntry("LONG", "7")
        .containsEntry("SELECT", "b")
        .containsEntry("MAPPED", "70")
        .containsEntry("YES", "yes")
        .containsEntry("NO", "no")
        .containsEntry("ARN", "arn:aws:s3:::lamella-bucket")
        .containsEntry(
            "ALIAS", "arn:aws:lambda:us-east-1:000000000000:function:lamella-Function:live")
        .containsEntry(
            "SUB_ALIAS", "arn:aws:lambda:us-east-1:000000000000:function:lamella-Function:live/x")
        .containsEntry("UNKNOWN", "Thing")
        .containsEntry("UNKNOWN_ARN", "arn:aws:other:us-east-1:000000000000:lamella-Thing")
        .doesNotContainKey("GONE")
        .containsEntry("DATE", "2012-10-17")
        .containsEntry("LIST", "p|q")
        .containsEntry("JSON", "[{\"bucket\":\"lamella-bucket\"}]");
  }

  @Test
  void read_refToNothing_saysWhere() {
    assertThatThrownBy(() -> variables("X: !Ref Nobody"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("Function: Ref Nobody");
  }

  @Test
  void read_wrongParameters_sayWhatIsAllowed() {
    assertThatThrownBy(() -> SmallStack.with(Map.of("ApiType", "SOAP")))
        .hasMessage("the parameter ApiType cannot be 'SOAP': it must be one of [HTTP, REST]");
    assertThatThrownBy(() -> SmallStack.with(Map.of("WorkerConcurrency", "11")))
        .hasMessage("the parameter WorkerConcurrency cannot be '11': its MaxValue is 10");
    assertThatThrownBy(() -> SmallStack.with(Map.of("WorkerConcurrency", "-1")))
        .hasMessageContaining("MinValue is 0");
    assertThatThrownBy(() -> SmallStack.with(Map.of("WorkerConcurrency", "many")))
        .hasMessageContaining("must be a number");
    assertThatThrownBy(() -> SmallStack.with(Map.of("Colour", "red")))
        .hasMessageContaining("no parameter Colour");
  }

  @Test
  void read_brokenFile_saysTheLine() throws IOException {
    Path file = directory.resolve("template.yaml");
    Files.writeString(file, "Resources:\n  A: [\n");
    assertThatThrownBy(() -> Template.read(file, Map.of(), PseudoParameters.LOCAL))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("template.yaml, line 3");
    assertThatThrownBy(
            () -> Template.read(directory.resolve("none"), Map.of(), PseudoParameters.LOCAL))
        .hasMessageContaining("there is no template");
  }

  @Test
  void parse_formsOfAFunction_giveItsName() {
    String arn = "arn:aws:lambda:us-east-1:000000000000:function:lamella-F";
    for (String form :
        new String[] {
          "lamella-F",
          arn,
          "000000000000:function:lamella-F",
          "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + arn + "/invocations"
        }) {
      assertThat(FunctionReference.parse(form).orElseThrow().name()).isEqualTo("lamella-F");
    }
    assertThat(FunctionReference.parse(arn + ":live").orElseThrow().qualifier()).contains("live");
    assertThat(FunctionReference.parse("no/function")).isEmpty();
  }

  private Map<String, String> variables(String variables) throws IOException {
    Path file = directory.resolve("template.yaml");
    Files.writeString(
        file,
        """
        Parameters:
          Number: {Type: Number, Default: 7}
          Names: {Type: CommaDelimitedList, Default: 'p, q'}
        Mappings:
          Sizes: {'7': {Large: 70}}
        Conditions:
          IsSeven: !Equals [!Ref Number, 7]
          IsEight: !Equals [!Ref Number, '8']
        Resources:
          Bucket: {Type: AWS::S3::Bucket}
          Thing: {Type: AWS::Other::Thing}
          Function:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.B::c
              AutoPublishAlias: live
              Environment:
                Variables:
        """
            + variables.indent(10));
    return Template.read(file, Map.of(), PseudoParameters.LOCAL).function("Function").environment();
  }
}
