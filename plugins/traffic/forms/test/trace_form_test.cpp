// SPDX-License-Identifier: Apache-2.0
#include "forms/trace_form.hpp"

#include <gtest/gtest.h>
#include <morgana/error.hpp>

#include "forms/form_parameters.hpp"

namespace morgana::forms {
namespace {

std::string fault(const TraceForm& form) {
  try {
    form.check("MIRAGE-2019", {"PL", "IAT"});
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(TraceForm, IsRefusedBeforeAnythingIsRead) {
  EXPECT_EQ(fault({{"PL"}}), "");
  EXPECT_EQ(fault({{}}), "no channel is asked for");
  EXPECT_EQ(fault({{"PL", "WIN"}}), "MIRAGE-2019 has no channel \"WIN\"; it has PL, IAT");
  EXPECT_EQ(fault({{"PL", "IAT", "PL"}}), "channel \"PL\" is asked for twice");
  EXPECT_EQ(fault({{"PL"}, {.most = 2, .least = 3}}), "minimum_packets 3 is more than packets 2");
  EXPECT_EQ(fault({{"PL"}, {.most = 0, .least = 3}}), "");
}

TEST(TraceForm, WherePacketsAreDroppedAllAreRead) {
  EXPECT_EQ((KeptPackets{.most = 10}.read()), 10u);
  EXPECT_EQ((KeptPackets{.most = 10, .zero_payload = ZeroPayload::kDrop}.read()), 0u);
}

TEST(TraceForm, ChannelsAreDocumentedWhereTheyAreDeclared) {
  EXPECT_EQ(header_channels().front(), "PL");
  EXPECT_EQ(channels_doc({"PL", "TIME"}),
            "What is kept of each packet: PL transport payload bytes; TIME seconds since the biflow's first packet.");
}

}  // namespace
}  // namespace morgana::forms
