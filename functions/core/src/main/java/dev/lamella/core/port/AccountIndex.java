package dev.lamella.core.port;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.RefreshToken;
import java.util.List;
import java.util.Optional;

/** Who may sign in. Only the function {@code identity} has it. Reads what was last written. */
public interface AccountIndex {
  Optional<Account> find(AccountName name);

  /**
   * Accounts in order of their names after {@code last} (from the beginning where empty), at most
   * {@code limit}.
   */
  List<Account> list(Optional<AccountName> last, int limit);

  /**
   * Stores a new account (revision 1), or the next revision of one. Of many who save the same
   * revision at once, one is told true.
   *
   * @return false, with nothing changed, where it is there already, or not there in the revision
   *     before; also where it was removed since and made again, by another time of its creation
   */
  boolean save(Account account);

  /**
   * Idempotent. Refresh tokens of the account may stay: they are good only with its secret.
   *
   * @return whether it was there; of many who remove it at once, one is told true
   */
  boolean remove(AccountName name);

  /** Idempotent. Kept until it expires. */
  void save(RefreshToken token);

  /** Empty from the time on when it expires. */
  Optional<RefreshToken> refreshToken(String hash);
}
