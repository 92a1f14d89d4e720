// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "biflow.hpp"
#include "forms/trace_form.hpp"
#include "release.hpp"

namespace morgana::mirage {

enum class LabelKind { kApp, kActivity, kAppActivity, kCategory };
enum class AppFrom { kFlow, kFile };
enum class Background { kDrop, kKeep, kLabel };

/// Which biflows become traces, and how.
struct Selection {
  const Release* release = &mirage_2019();
  forms::TraceForm form{.channels = {}, .kept = {.most = 32}};
  LabelKind label = LabelKind::kApp;
  AppFrom app = AppFrom::kFlow;
  Background background = Background::kDrop;
  bool exact_only = false;
  bool features = false;  ///< flow_features as columns

  /// Throws `Error` where the release has no traces of that form.
  void check() const;
  /// What has to be read of each biflow.
  Wanted wanted() const;
};

/// The list from which a channel is made.
PacketList list_of(const std::string& channel);

}  // namespace morgana::mirage
