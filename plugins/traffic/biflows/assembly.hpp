// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "packets/address.hpp"

namespace morgana::biflows {

/// Which end of a biflow is its client, MIRAGE's phone.
enum class ClientRule : std::uint8_t {
  /// The private address, where exactly one is; else the one that written traffic has for its clients, where exactly
  /// one is (packets/documentation.hpp); else as kFirstSender.
  kPrivate,
  kFirstSender,  ///< who sent the first packet; where that is a SYN-ACK, who it was sent to
};

/// How packets become biflows. The defaults are MIRAGE's: one biflow a 5-tuple and capture, however long it is silent.
struct Assembly {
  ClientRule client = ClientRule::kPrivate;
  std::vector<packets::Address> clients{};  ///< addresses that are always the client; before `client`
  std::size_t packets_kept = 0;             ///< of each biflow, from its start; 0: all. Totals count all of them
  std::size_t payload_kept = 0;             ///< bytes of each kept packet; 0: none
  double idle_seconds = 0;                  ///< a longer silence ends a biflow; 0: never
  bool ends_at_close = false;               ///< a SYN after a RST, or after both ends' FIN, starts a new biflow
};

}  // namespace morgana::biflows
