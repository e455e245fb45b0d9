package dev.lamella.core.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @Test
  void read_wholeRequest_keepsEveryField() {
    UploadRequest request =
        read(
            "{'image':'team/app','later':1,'layers':[{'digest':'"
                + DIGEST
                + "','size':5000000000,'mediaType':'x/y'},{'digest':'"
                + DIGEST
                + "','size':0,'resume':null}]}",
            UploadRequest.class);
    assertThat(request.image().value()).isEqualTo("team/app");
    assertThat(request.layers().getFirst().size()).isEqualTo(5_000_000_000L);
    assertThat(request.layers().getFirst().mediaType()).contains("x/y");
    assertThat(request.layers().getLast().mediaType()).isEmpty();
    assertThat(request.layers().getLast().resume()).isEmpty();
  }

  @Test
  void write_request_readsBackEqual() {
    PartsRequest request =
        new PartsRequest(List.of(3), List.of(new Link(ChainState.INITIAL, ChainState.INITIAL)));
    byte[] json = Json.write(request);
    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"staged\":[3],\"links\":[{\"before\":\"%1$s\",\"after\":\"%1$s\"}]}"
                .formatted(ChainState.INITIAL.hex()));
    assertThat(Json.read(json, PartsRequest.class)).isEqualTo(request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'staged':['0'],'links':[]}                      | REQUEST_INVALID | staged[0]",
        "{'staged':[1.5],'links':[]}                      | REQUEST_INVALID | staged[0]",
        "{'staged':[99999999999],'links':[]}              | REQUEST_INVALID | staged[0]",
        "{'staged':[null],'links':[]}                     | REQUEST_INVALID | staged",
        "{'staged':{},'links':[]}                         | REQUEST_INVALID | staged",
        "{'staged':[]}                                    | REQUEST_INVALID | links",
        "{'staged':[],'links':null}                       | REQUEST_INVALID | links",
        "{'staged':[],'links':[{'before':'00','after':''}]} | REQUEST_INVALID | links[0].before",
        "{'staged':[],'links':[7]}                        | REQUEST_INVALID | links[0]",
        "{'staged':[],'staged':[],'links':[]}             | REQUEST_INVALID | ''",
        "{'staged':[],'links':[]} x                       | REQUEST_INVALID | ''",
        "{'staged':[                                      | REQUEST_INVALID | line 1",
        "[]                                               | REQUEST_INVALID | ''",
        "null                                             | REQUEST_INVALID | null",
        "hello                                            | REQUEST_INVALID | malformed",
      })
  void read_malformedParts_saysWhichField(String json, ErrorCode code, String part) {
    assertRefused(json, PartsRequest.class, code, part.replace("''", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'digest':'sha256:12','size':1}      | DIGEST_INVALID | 64",
        "{'digest':'md5:12','size':1}         | DIGEST_INVALID | md5:12",
        "{'digest':12,'size':1}               | REQUEST_INVALID | digest",
        "{'digest':null,'size':1}             | REQUEST_INVALID | digest",
        "{'size':1}                           | REQUEST_INVALID | digest",
        "{'digest':'DIGEST','size':'1'}       | REQUEST_INVALID | size",
        "{'digest':'DIGEST','size':1e3}       | REQUEST_INVALID | size",
        "{'digest':'DIGEST','size':null}      | REQUEST_INVALID | size",
        "{'digest':'DIGEST','size':9223372036854775808} | REQUEST_INVALID | size",
        "{'digest':'DIGEST'}                  | REQUEST_INVALID | size",
        "{'digest':'DIGEST','size':1,'chain':'x'} | REQUEST_INVALID | chain",
        "{'digest':'DIGEST','size':1,'chain':['x']} | REQUEST_INVALID | chain[0]",
      })
  void read_malformedComplete_saysWhichField(String json, ErrorCode code, String part) {
    assertRefused(json.replace("DIGEST", DIGEST), CompleteRequest.class, code, part);
  }

  @Test
  void read_numberForAText_isRefused() {
    String json =
        "{'image':'team/app','layers':[{'digest':'" + DIGEST + "','size':1,'mediaType':7}]}";
    assertRefused(json, UploadRequest.class, ErrorCode.REQUEST_INVALID, "layers[0].mediaType");
  }

  private static void assertRefused(String json, Class<?> type, ErrorCode code, String part) {
    assertThatThrownBy(() -> read(json, type))
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(part)
        .hasMessageNotContaining("tools.jackson")
        .hasMessageNotContaining("dev.lamella");
  }

  private static <T> T read(String json, Class<T> type) {
    return Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), type);
  }
}
