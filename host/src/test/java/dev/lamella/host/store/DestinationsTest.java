package dev.lamella.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses alone, so that nothing is looked up. */
final class DestinationsTest {
  private static final String PUBLIC = "https://203.0.113.1";

  @ParameterizedTest
  @CsvSource({
    PUBLIC + ",https://198.51.100.7/bucket/key?X-Amz-Signature=1",
    PUBLIC + ",https://[2001:db8::1]:9000/key",
    "http://203.0.113.1,http://198.51.100.7/key",
    "http://203.0.113.1,https://198.51.100.7/key",
    "http://10.0.0.1,http://192.168.1.1/key",
    "http://10.0.0.1,https://198.51.100.7/key",
    "http://127.0.0.1:5000,http://127.0.0.1:9000/key",
    "http://127.0.0.1:5000,http://[::1]:9000/key",
    "http://127.0.0.1:5000,http://172.17.0.1:4566/key",
    "http://169.254.10.10,http://169.254.10.10:9000/key"
  })
  void url_ofAStorageServer_isTaken(String store, String url) {
    assertThatCode(() -> require(store, "", url, Map.of())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    PUBLIC + ",http://198.51.100.7/key,not https",
    PUBLIC + ",https://user:secret@198.51.100.7/key,a user",
    PUBLIC + ",https://10.0.0.1/key,private network",
    PUBLIC + ",https://100.64.0.1/key,private network",
    PUBLIC + ",https://[fd12::1]/key,private network",
    PUBLIC + ",https://[64:ff9b::10.0.0.1]/key,private network",
    PUBLIC + ",https://127.0.0.1/key,this machine",
    PUBLIC + ",https://[::1]/key,this machine",
    PUBLIC + ",https://2130706433/key,this machine",
    PUBLIC + ",https://[::ffff:127.0.0.1]/key,this machine",
    PUBLIC + ",https://[2002:7f00:1::]/key,this machine",
    "http://10.0.0.1,http://127.0.0.1/key,this machine",
    "http://127.0.0.1,http://169.254.169.254/key,no storage server",
    "http://127.0.0.1,http://100.100.100.200/key,no storage server",
    "http://127.0.0.1,http://168.63.129.16/key,no storage server",
    "http://127.0.0.1,http://[fd00:ec2::254]/key,no storage server",
    "http://127.0.0.1,http://[::169.254.169.254]/key,no storage server",
    "http://127.0.0.1,http://0.0.0.0/key,no storage server",
    "http://127.0.0.1,http://255.255.255.255/key,no storage server",
    "http://127.0.0.1,http://[ff02::1]/key,no storage server",
    "http://127.0.0.1,file:///etc/passwd,http or https"
  })
  void url_elsewhere_isRefused(String store, String url, String why) {
    assertThatThrownBy(() -> require(store, "169.254.169.254", url, Map.of()))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining(why)
        .hasMessageNotContaining("secret");
  }

  @Test
  void url_thatTheUserNamed_isTaken() {
    assertThatCode(() -> require(PUBLIC, "x, 10.0.0.1", "https://10.0.0.1/key", Map.of()))
        .doesNotThrowAnyException();
  }

  @Test
  void headers_ofPresignedRequests_areTaken() {
    Map<String, String> headers =
        Map.of(
            "content-length", "1",
            "Content-Type", "a/b",
            "If-None-Match", "*",
            "x-amz-checksum-crc32", "a",
            "x-amz-server-side-encryption", "aws:kms");
    assertThatCode(() -> require(PUBLIC, "", "https://198.51.100.7/", headers))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "cookie", "Host", "X-Forwarded-For", "x-amz-acl", ""})
  void header_ofAnythingElse_isRefused(String name) {
    assertThatThrownBy(() -> require(PUBLIC, "", "https://198.51.100.7/", Map.of(name, "a")))
        .isInstanceOf(HostFailure.class)
        .hasMessageContaining("header");
  }

  @Test
  void headers_thatAreTooLong_areRefused() {
    Map<String, String> headers = Map.of("content-type", "a".repeat(10_000));
    assertThatThrownBy(() -> require(PUBLIC, "", "https://198.51.100.7/", headers))
        .isInstanceOf(HostFailure.class)
        .hasMessageContaining("bytes of headers");
  }

  private static void require(String store, String named, String url, Map<String, String> headers)
      throws Exception {
    Destinations.of(URI.create(store), Map.of("LAMELLA_STORAGE_HOSTS", named))
        .require(URI.create(url), headers);
  }
}
