package dev.lamella.host.store;

import dev.lamella.core.api.AuditPage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The store's call for its audit trail, for its administrators. */
public final class AuditReads {
  private final Api api;

  AuditReads(Api api) {
    this.api = api;
  }

  /**
   * @param query what is wanted, by the names of the call's parameters
   * @param page that the answer before named as its next; empty for the first
   */
  public AuditPage page(Map<String, String> query, Optional<String> page) {
    Map<String, String> all = new LinkedHashMap<>(query);
    page.ifPresent(name -> all.put("page", name));
    return api.read("read the audit trail", api.get("/v1/audit", all), AuditPage.class);
  }
}
