// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/trace_form.hpp"
#include "morgana/stage.hpp"

namespace morgana::forms {

/// How a stage is told which packets to keep.
class KeptParameters {
 public:
  /// `most` is the default of the longest trace, 0 for all packets; `origin` says where it comes from.
  KeptParameters(Stage& stage, int most, const std::string& origin = "");

  /// Throws `Error` where no trace could be long enough.
  KeptPackets kept() const;

 private:
  Param<int> packets_;
  Param<Choice> zero_payload_;
  Param<int> minimum_packets_;
  Check long_enough_;
};

/// How a stage that reads biflows with their headers is told what to make of them.
class FormParameters {
 public:
  /// `channels` are those that it can give; `remark` is a further sentence on them.
  FormParameters(Stage& stage, const std::vector<std::string>& channels, std::string_view remark = "");

  /// Throws `Error` where no trace could be long enough.
  TraceForm form() const;

 private:
  Param<std::vector<std::string>> channels_;
  KeptParameters kept_;
  Param<int> payload_bytes_;
  Check channels_differ_;
};

/// "What is kept of each packet: PL transport payload bytes; ..."
std::string channels_doc(const std::vector<std::string>& channels);

}  // namespace morgana::forms
