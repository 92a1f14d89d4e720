// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sockets/socket_log.hpp"

namespace morgana::sockets {

/// What an owner was told by, strongest first.
enum class Evidence : std::uint8_t {
  kTuple,       ///< the biflow's own socket: MIRAGE's "exact"
  kServerPort,  ///< other sockets to the same remote address and port; this and the next two: "most-common"
  kServer,      ///< other sockets to the same remote address
  kSession,     ///< all sockets of the log
  kNone         ///< no row of the log has a process
};
std::string_view name_of(Evidence evidence);  ///< "5-tuple", "server and port", "server", "session", "none"

/// Whose biflow it is.
struct Owner {
  std::string process{};  ///< "com.example.app:remote"; "" is unknown
  std::string package{};  ///< "com.example.app"
  Evidence evidence = Evidence::kNone;
  std::uint64_t votes = 0, voters = 0;  ///< for that package, and in all: rows of `kTuple`, sockets of the others

  bool exact() const noexcept { return evidence == Evidence::kTuple; }
};

/// Finds the owners of biflows in a socket log, by the rule of the MIRAGE architecture (our reading of it, since the
/// original's order of the fallbacks is not published):
///
/// 1. Rows of the biflow's 5-tuple vote: connected ones; where there is none, UDP rows without a remote end by their
///    local port (and address, where it is not any). A package with more than half of the rows is the owner, exactly.
/// 2. Else sockets vote, each once however often it was logged: those to the same remote address and port; where there
///    is none, those to the same remote address; else all but listening TCP ones. The package with most of them is the
///    owner; of several, the one with more sockets in the whole log, then the first by name.
///
/// Of the owner's processes the one with most votes is named, then the first by name. Rows without a process do not
/// vote. The client's end is looked up first; where it has no row, the server's, if that is an address of the machine
/// whose log it is: a service on the recorded device has its own sockets.
class Owners {
 public:
  explicit Owners(const SocketLog& log);

  /// `protocol` is `packets::kTcp` or `packets::kUdp`.
  Owner owner_of(const packets::End& client, const packets::End& server, std::uint8_t protocol) const;

 private:
  struct Tuple {
    packets::End local, remote;
    std::uint8_t protocol = 0;
    bool operator==(const Tuple&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Tuple& tuple) const noexcept;
    std::size_t operator()(const packets::End& end) const noexcept;
    std::size_t operator()(const packets::Address& address) const noexcept;
  };
  /// Votes by process.
  using Tally = std::vector<std::pair<std::int32_t, std::uint64_t>>;

  static std::uint64_t count(Tally& tally, std::int32_t process, std::uint64_t votes = 1);
  Tally rows_of(const packets::End& local, const packets::End* remote, std::uint8_t protocol) const;
  Tally rows_of_tuple(const packets::End& client, const packets::End& server, std::uint8_t protocol) const;
  Owner winner(const Tally& tally, Evidence evidence) const;

  std::vector<std::string> processes_;
  std::unordered_map<Tuple, Tally, Hash> connected_, unconnected_;
  std::unordered_map<packets::End, Tally, Hash> server_port_;
  std::unordered_map<packets::Address, Tally, Hash> server_;
  std::unordered_map<packets::Address, bool, Hash> own_addresses_;
  Tally session_;
};

}  // namespace morgana::sockets
