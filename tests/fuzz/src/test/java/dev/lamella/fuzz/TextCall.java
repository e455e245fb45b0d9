package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.gateway.Gateway;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A call as text: its method, path and query in the first line, then headers, an empty line, and
 * the body. The header {@code Base64} says that the body is so; without {@code Version} it comes
 * from a REST API.
 */
public final class TextCall {
  private static final Context CONTEXT = context();

  private TextCall() {}

  public static APIGatewayProxyResponseEvent answer(Gateway gateway, String text) {
    return gateway.handleRequest(event(text), CONTEXT);
  }

  private static APIGatewayProxyRequestEvent event(String text) {
    String[] parts = text.split("\n\n", 2);
    String[] lines = parts[0].split("\n", -1);
    String[] first = lines[0].split(" ", 2);
    String[] target = (first.length < 2 ? "/" : first[1]).split("\\?", 2);
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] header = lines[i].split(": ", 2);
      headers.put(header[0], header.length < 2 ? "" : header[1]);
    }
    APIGatewayProxyRequestEvent event =
        new APIGatewayProxyRequestEvent()
            .withHttpMethod(first[0])
            .withPath(target[0])
            .withHeaders(headers)
            .withMultiValueQueryStringParameters(query(target.length < 2 ? "" : target[1]))
            .withIsBase64Encoded(headers.containsKey("Base64"));
    event.setVersion(headers.get("Version"));
    return parts.length < 2 ? event : event.withBody(parts[1]);
  }

  private static Map<String, List<String>> query(String text) {
    Map<String, List<String>> query = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] field = pair.split("=", 2);
      if (!field[0].isEmpty()) {
        query
            .computeIfAbsent(field[0], _ -> new ArrayList<>())
            .add(field.length < 2 ? "" : field[1]);
      }
    }
    return query;
  }

  /** No fault, and what is refused in the OCI's form, without anything of the code. */
  public static void requireInForm(APIGatewayProxyResponseEvent answer) {
    int status = answer.getStatusCode();
    byte[] text = String.valueOf(answer.getBody()).getBytes(StandardCharsets.UTF_8);
    String body =
        new String(
            answer.getIsBase64Encoded() ? Base64.getDecoder().decode(text) : text,
            StandardCharsets.UTF_8);
    assertThat(status).as(body).isBetween(200, 499);
    if (status >= 400) {
      ErrorAnswer.Entry error =
          Json.read(body.getBytes(StandardCharsets.UTF_8), ErrorAnswer.class).errors().getFirst();
      assertThat(ErrorCode.valueOf(error.code())).isNotEqualTo(ErrorCode.INTERNAL);
      assertThat(error.message()).isNotBlank().doesNotContain("dev.lamella", "Exception");
      assertThat(error.message().length()).isLessThan(2000);
    }
  }

  /** Whose log nobody reads. */
  private static Context context() {
    LambdaLogger logger =
        new LambdaLogger() {
          @Override
          public void log(String message) {}

          @Override
          public void log(byte[] message) {}
        };
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, _) -> method.getName().equals("getLogger") ? logger : "request-1");
  }
}
