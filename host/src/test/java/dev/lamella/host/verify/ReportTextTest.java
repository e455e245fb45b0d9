package dev.lamella.host.verify;

import static dev.lamella.host.verify.Reports.damage;
import static dev.lamella.host.verify.Reports.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.report.Finding.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportTextTest {
  private static final List<String> NONE = List.of();
  private static final List<String> WARNED = List.of("the budget ended");

  @Test
  void whole_saysWhatWasLookedAtAndThatAllIsWell() {
    assertThat(lines(done(true, NONE)))
        .containsExactly(
            "Deep verification 20260101t000000000-0123abcd of all images: 3 layers, 12 shards,"
                + " 1.5 MB read by 13 requests in 65 s",
            "All well: every shard is proven");
    assertThat(lines(done(false, NONE)).getLast()).isEqualTo("All well");
  }

  @Test
  void warnings_onlyWhatWasLookedAtIsWell() {
    for (boolean deep : new boolean[] {false, true}) {
      List<String> lines = lines(done(deep, WARNED));
      assertThat(lines.get(1)).isEqualTo("Warning: the budget ended");
      assertThat(lines.getLast()).isEqualTo("All that was looked at is well");
    }
  }

  @Test
  void damage_isInATable_andHealedByAPush() {
    List<String> lines = lines(done(false, WARNED, damage(Kind.WRONG_SIZE, false)));
    assertThat(lines)
        .anySatisfy(
            line ->
                assertThat(line).matches("sha256:(ab){32} +7 +s1 +wrong size +team/app +it is so"));
    assertThat(lines.getLast()).startsWith("Push the layers again to heal them");
  }

  @Test
  void repairedSince_needsNoPush() {
    List<String> lines = lines(done(true, NONE, damage(Kind.MISSING, true)));
    assertThat(lines).anyMatch(line -> line.contains("missing, repaired since"));
    assertThat(lines.getLast()).isEqualTo("All well by now");
  }

  @Test
  void unread_isNotHealedByAPush() {
    List<String> lines =
        lines(done(true, List.of("1 shard could not be read"), damage(Kind.UNREAD, false)));
    assertThat(lines).anyMatch(line -> line.contains("unread"));
    assertThat(lines.getLast()).isEqualTo("All that was looked at is well");
    assertThat(lines(done(true, NONE, damage(Kind.UNREAD, false), damage(Kind.MISSING, false))))
        .last()
        .asString()
        .startsWith("Push");
  }

  private static List<String> lines(VerificationReport report) {
    return ReportText.of(report).lines().toList();
  }
}
