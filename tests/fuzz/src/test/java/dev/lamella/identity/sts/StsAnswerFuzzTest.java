package dev.lamella.identity.sts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.fuzz.Refused;
import java.io.IOException;

/** What STS answers. */
class StsAnswerFuzzTest {
  @FuzzTest(maxDuration = Refused.TIME)
  void answer_ofAnyBytes_isACallerOrNone(byte[] bytes) {
    try {
      assertThat(StsAnswer.arn(bytes)).startsWith("arn:aws");
    } catch (IOException e) {
      Refused.requireShort(e);
    }
  }
}
