package dev.lamella.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lamella.core.StorageServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

  @Test
  void required_notSetOrBlank_namesTheVariable() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Environment(Map.of()).required("TABLE"))
        .withMessage("environment variable TABLE is not set");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Environment(Map.of("TABLE", " ")).required("TABLE"))
        .withMessageContaining("TABLE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1.5", "0", "65", "99999999999", "-1"})
  void number_notInRange_namesTheVariableAndTheRange(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Environment(Map.of("SHARDS_PER_BATCH", value))
                    .number("SHARDS_PER_BATCH", 4, 1, 64))
        .withMessageContainingAll("SHARDS_PER_BATCH", value, "1 to 64");
  }

  @Test
  void number_notSet_isTheUsualOne() {
    assertThat(new Environment(Map.of()).number("SHARDS_PER_BATCH", 4, 1, 64)).isEqualTo(4);
  }

  @Test
  void storageServers_atS3AndElsewhere_areRead() {
    List<StorageServer> servers =
        servers(
            "[{'id':'s0','bucket':'a','region':'eu-west-1','weight':1,'state':'active'},"
                + "{'id':'s1','bucket':'b','region':'x','endpoint':'http://127.0.0.1:9000','weight':5,'state':'read-only'}]");
    assertThat(servers).extracting(StorageServer::id).containsExactly("s0", "s1");
    assertThat(servers.getFirst().endpoint()).isEmpty();
    assertThat(servers.getLast().endpoint()).contains(URI.create("http://127.0.0.1:9000"));
    assertThat(servers.getLast().state()).isEqualTo(StorageServer.State.READ_ONLY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[]                                                              | at least one",
        "{}                                                              | JSON array",
        "[{                                                              | malformed",
        "[7]                                                             | entry 0",
        "[{'id':'s0','bucket':'a','region':'r','weight':1}]              | state",
        "[{'id':'s0','bucket':'a','region':'r','weight':0,'state':'active'}] | weight 0",
        "[{'id':'s0','bucket':'a','region':'r','weight':'1','state':'active'}] | weight",
        "[{'id':'S_0','bucket':'a','region':'r','weight':1,'state':'active'}] | S_0",
        "[{'id':'s0','bucket':'a','region':'r','weight':1,'state':'off'}] | off",
        "[{'id':'s0','bucket':'a','region':'r','weight':1,'state':'active','endpoint':'ftp://x'}] |"
            + " ftp://x",
        "[{'id':'s0','bucket':'a','region':'r','weight':1,'state':'active','sate':1}] | sate",
      })
  void storageServers_malformed_saysWhichEntryAndWhat(String json, String part) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> servers(json))
        .withMessageContainingAll("STORAGE_SERVERS", part);
  }

  @Test
  void storageServers_sameIdTwice_isRefused() {
    String entry = "{'id':'s0','bucket':'a','region':'r','weight':1,'state':'active'}";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> servers("[" + entry + "," + entry + "]"))
        .withMessageContaining("two storage servers");
  }

  private static List<StorageServer> servers(String json) {
    return new Environment(Map.of("STORAGE_SERVERS", json.replace('\'', '"'))).storageServers();
  }
}
