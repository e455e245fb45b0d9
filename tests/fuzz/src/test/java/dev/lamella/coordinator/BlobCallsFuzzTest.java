package dev.lamella.coordinator;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import dev.lamella.core.upload.WriteSide;
import dev.lamella.fuzz.Refused;
import dev.lamella.fuzz.TextCall;
import dev.lamella.gateway.Callers;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Router;
import java.nio.charset.StandardCharsets;

/**
 * Calls that send blobs, as text: Content-Range, digests, chunks. {@code UPLOAD} in one is an
 * upload that is open; after a line of {@code ====} comes another call.
 */
class BlobCallsFuzzTest {
  private static final RepositoryName IMAGE = new RepositoryName("team/app");

  @DictionaryEntries({
    "99999999999999999999",
    "0-",
    "bytes ",
    "sha512:",
    "Content-Range: ",
    "UPLOAD"
  })
  @FuzzTest(maxDuration = Refused.TIME)
  void calls_ofAnyBytes_areAnsweredInForm(byte[] bytes) {
    WriteSide side = new WriteSide();
    Gateway gateway =
        new Gateway(
            new Router(
                new BlobRoutes(
                        side.open(),
                        side.readable(),
                        side.receive(),
                        side.finish(),
                        side.end(),
                        side.unlink())
                    .routes(),
                Callers.OPEN));
    String upload = side.open().open(Caller.ANYBODY, IMAGE).value();
    String text = new String(bytes, StandardCharsets.UTF_8).replace("UPLOAD", upload);
    for (String call : text.split("\n====\n", 4)) {
      TextCall.requireInForm(TextCall.answer(gateway, call));
    }
  }
}
