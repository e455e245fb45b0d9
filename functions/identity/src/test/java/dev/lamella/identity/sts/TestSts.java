package dev.lamella.identity.sts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** STS on loopback: it has one key, and checks signatures as AWS documents them (version 4). */
final class TestSts implements AutoCloseable {
  static final String ARN = "arn:aws:sts::123456789012:assumed-role/ci/build-7";

  static final String KEY_ID = "KEYOFTHETESTSEXAMPLE";
  static final String KEY = "the key that only this STS and its callers have";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final HttpServer server;
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile String mode = "";

  TestSts() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Queries that it was sent. */
  Queue<String> asked() {
    return asked;
  }

  /** It answers otherwise from now on. */
  void answerBy(String other) {
    mode = other;
  }

  /** What a client signs, changeable until it is signed. */
  static Map<String, String> query(Instant now) {
    Map<String, String> query = new TreeMap<>();
    query.put("Action", "GetCallerIdentity");
    query.put("Version", "2011-06-15");
    query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    query.put(
        "X-Amz-Credential",
        KEY_ID + "/" + DATE.format(now).substring(0, 8) + "/us-east-1/sts/aws4_request");
    query.put("X-Amz-Date", DATE.format(now));
    query.put("X-Amz-Expires", "900");
    query.put("X-Amz-Security-Token", "IQoJb3JpZ2luX2VjEJr//token+/=");
    query.put("X-Amz-SignedHeaders", "host;x-lamella-store");
    return query;
  }

  static String signed(String origin, Map<String, String> query, String store) {
    String host = URI.create(origin).getRawAuthority();
    return origin
        + "/?"
        + text(query)
        + "&X-Amz-Signature="
        + signature(query, Map.of("host", host, "x-lamella-store", store));
  }

  static String proof(String url, String store) {
    return "aws1." + base64(url) + "." + base64(store);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Map<String, String> query) {
    return new TreeMap<>(query)
        .entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8)
                            .replace("+", "%20"))
            .collect(Collectors.joining("&"));
  }

  private static String signature(Map<String, String> query, Map<String, String> headers) {
    String names = query.getOrDefault("X-Amz-SignedHeaders", "");
    StringBuilder canonical = new StringBuilder("GET\n/\n").append(text(query)).append('\n');
    for (String name : names.split(";", -1)) {
      canonical.append(name).append(':').append(headers.getOrDefault(name, "")).append('\n');
    }
    canonical.append('\n').append(names).append('\n').append(sha256(""));
    String[] scope = query.getOrDefault("X-Amz-Credential", "").split("/", 2);
    byte[] key = ("AWS4" + KEY).getBytes(StandardCharsets.UTF_8);
    for (String part : scope[1].split("/", -1)) {
      key = hmac(key, part);
    }
    return HexFormat.of()
        .formatHex(
            hmac(
                key,
                "AWS4-HMAC-SHA256\n"
                    + query.get("X-Amz-Date")
                    + "\n"
                    + scope[1]
                    + "\n"
                    + sha256(canonical.toString())));
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String text = exchange.getRequestURI().getRawQuery();
    asked.add(text);
    switch (mode) {
      case "redirect" -> {
        exchange.getResponseHeaders().add("Location", origin() + "/?" + text);
        exchange.sendResponseHeaders(302, -1);
      }
      case "fault" -> send(exchange, 500, "<ErrorResponse/>");
      case "throttle" ->
          send(exchange, 400, "<ErrorResponse><Error><Code>Throttling</Code></Error>");
      case "large" -> {
        exchange.sendResponseHeaders(200, 100 << 20);
        try (OutputStream out = exchange.getResponseBody()) {
          for (int i = 0; i < 100; i++) {
            out.write(new byte[1 << 20]);
          }
        }
      }
      case "slow" -> {
        try {
          end.await();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
        exchange.close();
      }
      case "" -> check(exchange, text);
      default -> send(exchange, 200, mode);
    }
  }

  private static void check(HttpExchange exchange, String text) throws IOException {
    Map<String, String> query = new TreeMap<>();
    for (String pair : text.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    String sent = String.valueOf(query.remove("X-Amz-Signature"));
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    if (sent.equals(signature(query, headers))) {
      send(exchange, 200, identity(ARN));
    } else {
      send(exchange, 403, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error>");
    }
  }

  static String identity(String arn) {
    return """
    <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <GetCallerIdentityResult>
        <Arn>%s</Arn>
        <UserId>AROA:build-7</UserId>
        <Account>123456789012</Account>
      </GetCallerIdentityResult>
      <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
    </GetCallerIdentityResponse>
    """
        .formatted(arn);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
  }
}
