package dev.lamella.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StoreNamesTest {
  private static final String AGENT = "http://127.0.0.1:5001";

  private final StoreNames names = new StoreNames(URI.create("https://store.example/prod/"));

  @ParameterizedTest
  @CsvSource({
    "https://store.example/prod/v2/a/blobs/x?y=z, http://127.0.0.1:5001/v2/a/blobs/x?y=z",
    "https://STORE.example:443/prod/v2/, http://127.0.0.1:5001/v2/",
    "https://store.example/token, https://store.example/token",
    "/prod/v2/a, /v2/a",
    "/v2/a, /v2/a",
    "v2/a, v2/a",
    // Other hosts, and what is none.
    "http://store.example/prod/v2/, http://store.example/prod/v2/",
    "https://store.example:444/prod/v2/, https://store.example:444/prod/v2/",
    "https://store.example.evil/v2/, https://store.example.evil/v2/",
    "https://user@other/v2/, https://user@other/v2/",
    "//other/v2/, //other/v2/",
    "mailto:a@b, mailto:a@b",
    "'a b^', 'a b^'",
  })
  void location_namesTheAgentWhereItNamesTheStore(String said, String told) {
    assertThat(names.renamed("Location", said, AGENT)).isEqualTo(told);
  }

  @Test
  void challengesAndLinks_nameTheAgent() {
    assertThat(
            names.renamed(
                "www-authenticate",
                "Bearer realm=\"https://store.example/prod/token\",service=\"$1\"",
                AGENT))
        .isEqualTo("Bearer realm=\"" + AGENT + "/token\",service=\"$1\"");
    assertThat(names.renamed("Link", "</prod/v2/_catalog?n=1>; rel=\"next\"", AGENT))
        .isEqualTo("</v2/_catalog?n=1>; rel=\"next\"");
    assertThat(names.renamed("Docker-Content-Digest", "https://store.example/", AGENT))
        .isEqualTo("https://store.example/");
  }

  @Test
  void upstream_isBelowTheStoresPath() {
    assertThat(names.upstream("/v2/a%2Fb", Optional.of("c=%20")))
        .isEqualTo(URI.create("https://store.example/prod/v2/a%2Fb?c=%20"));
  }
}
