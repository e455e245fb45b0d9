package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Reference;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.manifest.MediaTypes;
import dev.lamella.host.image.FullName;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.HostFailure;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Names, references, digests, patterns, scopes: what is taken says the same again. */
class NamesFuzzTest {
  private static final RepositoryName NAME = new RepositoryName("team/app");
  private static final String ROLE = "arn:aws:sts::123456789012:assumed-role/ci/x";

  @FuzzTest(maxDuration = Refused.TIME)
  void text_ofAnyBytes_isTakenOrRefused(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Refused.or(text, Digest::parse, read -> assertThat(read).hasToString(text));
    Refused.or(text, Reference::parse, read -> assertThat(read).hasToString(text));
    Refused.or(text, RepositoryName::new, read -> assertThat(read).hasToString(text));
    Refused.or(text, AccountName::new);
    Refused.or(text, LayerId::new);
    Refused.or(text, NamePattern::new, read -> assertThat(read.matches(NAME)).isIn(true, false));
    Refused.or(text, TrustRule.Aws::new, read -> assertThat(read.takes(ROLE)).isIn(true, false));
    Refused.or(
        text,
        scopes -> TokenScope.parse(scopes, 10),
        read -> assertThat(read).hasSizeLessThanOrEqualTo(10));
    Refused.or(text, MediaTypes::plain);
    host(text, ImageName::parse);
    host(text, FullName::parse);
    host(text, Platform::parse);
  }

  private static void host(String text, Function<String, ?> reader) {
    try {
      Refused.or(text, reader);
    } catch (HostFailure | IllegalArgumentException e) {
      Refused.requireShort(e);
    }
  }
}
