package dev.lamella.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All that accounts, tokens and keys are used for, on a store that asks who calls. */
final class SigningIn {
  private SigningIn() {}

  /** On a store of its own, since others take everybody alike. */
  static void run(Path data) throws Exception {
    try (LocalStack stack =
            LocalStack.start(
                LocalStackOptions.of(StackTest.ROOT.resolve("template.yaml"), data)
                    .withTablesInMemory()
                    .withSignIn()
                    .withInterceptor(SeenCalls.INVOCATIONS));
        HttpClient http = HttpClient.newHttpClient()) {
      String basic =
          Base64.getEncoder()
              .encodeToString(("administrator:" + stack.administratorSecret()).getBytes(UTF_8));
      String offline = "/token?offline_token=true&account=administrator&scope=registry:catalog:*";
      String answer = ask(http, stack, "GET", offline, "Basic " + basic, "");
      Matcher token = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(answer);
      assertThat(token.find()).as(answer).isTrue();
      String bearer = "Bearer " + token.group(1);
      Matcher refresh = Pattern.compile("\"refresh_token\":\"([^\"]+)\"").matcher(answer);
      if (refresh.find()) {
        String form = "grant_type=refresh_token&refresh_token=" + refresh.group(1);
        ask(http, stack, "POST", "/token", "", form);
      }
      for (String call :
          List.of(
              "GET /v2/ ",
              "DELETE /v2/none/none/manifests/1 ",
              "POST /v1/accounts {\"name\":\"ci\",\"administrator\":false,\"grants\":[]}",
              "POST /v1/accounts {\"name\":\"other\",\"administrator\":false,\"grants\":[]}",
              "GET /v1/account ",
              "GET /v1/audit ",
              "GET /v1/accounts ",
              "GET /v1/accounts/ci ",
              "PUT /v1/accounts/ci/grants {\"administrator\":false,\"grants\":[]}",
              "POST /v1/accounts/ci/secrets {\"days\":3}",
              "DELETE /v1/accounts/ci?now=true ",
              "DELETE /v1/accounts/other ",
              "POST /v1/keys ")) {
        String[] parts = call.split(" ", 3);
        ask(http, stack, parts[0], parts[1], bearer, parts[2]);
      }
      // Somebody has removed the administrator's secret: identity looks whether it is there.
      Files.delete(
          data.resolve("secrets").resolve(stack.template().names().get("AdministratorSecret")));
      assertThat(send(http, stack, "GET", offline, "Basic " + basic, "").statusCode())
          .isEqualTo(503);
    }
  }

  private static String ask(
      HttpClient http, LocalStack stack, String method, String path, String who, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(http, stack, method, path, who, body);
    assertThat(answer.statusCode()).as(method + " " + path + answer.body()).isNotIn(401, 500, 502);
    return answer.body();
  }

  private static HttpResponse<String> send(
      HttpClient http, LocalStack stack, String method, String path, String who, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(stack.endpoint().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header(
                "Content-Type",
                body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded");
    if (!who.isEmpty()) {
      request.header("Authorization", who);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
