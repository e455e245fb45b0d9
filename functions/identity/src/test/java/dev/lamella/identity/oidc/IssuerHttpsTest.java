package dev.lamella.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IssuerHttpsTest {
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final TestHttps server = new TestHttps(this::answer);
  private final IssuerHttps https = https("localhost", "127.0.0.1");

  IssuerHttpsTest() throws IOException {}

  @AfterEach
  void close() {
    end.countDown();
    server.close();
  }

  private static IssuerHttps https(String... privateHosts) {
    return new IssuerHttps(
        TestHttps.TLS.getSocketFactory(), new IssuerAddresses(Set.of(privateHosts)));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    switch (path) {
      case "/redirect" -> {
        exchange.getResponseHeaders().add("Location", "/document");
        exchange.sendResponseHeaders(302, -1);
      }
      case "/large" -> {
        exchange.sendResponseHeaders(200, 100 << 20);
        try (OutputStream out = exchange.getResponseBody()) {
          for (int i = 0; i < 100; i++) {
            out.write(new byte[1 << 20]);
          }
        }
      }
      case "/slow" -> {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
          while (!end.await(200, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            out.write(' ');
            out.flush();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      default -> {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(path.equals("/document") ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
      }
    }
    exchange.close();
  }

  @Test
  void get_aDocument_isItsBytes() throws IOException {
    assertThat(https.get(server.uri("localhost", "/document"))).asString().isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/redirect", "/large", "/slow", "/missing"})
  void get_whatIsNoSmallDocument_fails(String path) {
    assertThatThrownBy(() -> https.get(server.uri("localhost", path)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path);
    assertThat(asked).containsOnly(path);
  }

  @Test
  void get_byAnotherScheme_fails() {
    assertThatThrownBy(() -> https.get(URI.create("file:///etc/hostname")))
        .hasMessageContaining("not https");
    assertThatThrownBy(() -> https.get(URI.create("http://localhost/")))
        .hasMessageContaining("not https");
  }

  @Test
  void get_fromOneWithTheCertificateOfAnother_fails() {
    assertThatThrownBy(() -> https.get(server.uri("127.0.0.1", "/document")))
        .isInstanceOf(IOException.class);
    IssuerHttps strict =
        new IssuerHttps(
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            new IssuerAddresses(Set.of("localhost")));
    assertThatThrownBy(() -> strict.get(server.uri("localhost", "/document")))
        .isInstanceOf(IOException.class);
    assertThat(asked).isEmpty();
  }

  @Test
  void get_fromAPrivateAddressThatNobodyNamed_fails() {
    assertThatThrownBy(() -> https("other").get(server.uri("localhost", "/document")))
        .hasMessageContaining("PRIVATE_ISSUERS");
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001::1",
      })
  void require_anAddressThatIsNotPublic_isRefused(String address) {
    assertThatThrownBy(
            () ->
                new IssuerAddresses(Set.of())
                    .require("issuer.example", InetAddress.ofLiteral(address)))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"140.82.112.3", "8.8.8.8", "2606:50c0:8000::153", "2001:4860:4860::8888"})
  void require_aPublicAddress_isTaken(String address) {
    assertThatCode(
            () ->
                new IssuerAddresses(Set.of())
                    .require("issuer.example", InetAddress.ofLiteral(address)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "fd00:ec2::254"})
  void require_anAddressOfNoIssuer_isRefusedThoughItIsNamed(String address) {
    assertThatThrownBy(
            () ->
                new IssuerAddresses(Set.of("issuer.example"))
                    .require("issuer.example", InetAddress.ofLiteral(address)))
        .isInstanceOf(IOException.class);
  }
}
