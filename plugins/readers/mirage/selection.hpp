// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "biflow.hpp"
#include "release.hpp"

namespace morgana::mirage {

enum class ZeroPayload { kKeep, kDrop };
enum class LabelKind { kApp, kActivity, kAppActivity, kCategory };
enum class AppFrom { kFlow, kFile };
enum class Background { kDrop, kKeep, kLabel };

/// Which biflows become traces, and how.
struct Selection {
  const Release* release = &mirage_2019();
  std::vector<std::string> channels;
  std::size_t packets = 32;         ///< longest trace; 0: whole biflows
  std::size_t payload_bytes = 0;    ///< kept of each packet
  std::size_t minimum_packets = 1;  ///< of a trace, after `zero_payload`
  ZeroPayload zero_payload = ZeroPayload::kKeep;
  LabelKind label = LabelKind::kApp;
  AppFrom app = AppFrom::kFlow;
  Background background = Background::kDrop;
  bool exact_only = false;
  bool features = false;  ///< flow_features as columns

  /// Throws `Error` where a channel is not in the release or asked for twice, none is asked for, or no trace could be
  /// long enough.
  void check() const;
  /// What has to be read of each biflow.
  Wanted wanted() const;
};

/// The list from which a channel is made.
PacketList list_of(const std::string& channel);

}  // namespace morgana::mirage
