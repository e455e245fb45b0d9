package dev.lamella.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.GrantsRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.SecretRequest;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.VerificationRequest;
import java.util.List;

/** The JSON of each request: what is taken can be written again. */
class RequestsFuzzTest {
  private static final List<Class<?>> REQUESTS =
      List.of(
          AccountRequest.class,
          CollectionRequest.class,
          CompleteRequest.class,
          GrantsRequest.class,
          PartsRequest.class,
          SecretRequest.class,
          TrustsRequest.class,
          UnsizedRequest.class,
          UploadRequest.class,
          VerificationRequest.class);

  @FuzzTest(maxDuration = Refused.TIME)
  void request_ofAnyBytes_isTakenOrRefused(byte[] bytes) {
    for (Class<?> type : REQUESTS) {
      Refused.or(bytes, json -> Json.read(json, type), Json::write);
    }
  }
}
