// SPDX-License-Identifier: Apache-2.0
// Files that are cut off or damaged: an error, or a biflow that is counted as damaged, never another number.
#include <gtest/gtest.h>

#include <map>
#include <morgana/random.hpp>
#include <morgana/testing.hpp>
#include <optional>

#include "biflow.hpp"
#include "biflow_stream.hpp"
#include "json_cursor.hpp"
#include "morgana/error.hpp"
#include "release_files.hpp"
#include "sample_files.hpp"
#include "test_environment.hpp"

namespace morgana::mirage {
namespace {

/// All that is read of a file: each biflow as text, or "damaged", and whether the file was read to its end.
struct Account {
  std::vector<std::pair<std::string, std::string>> biflows;
  std::string error;
};

std::string text_of(const Biflow& biflow) {
  std::string text = fmt::format("{} {} {} {} {};", biflow.label, biflow.sublabel, biflow.activity, biflow.device,
                                 static_cast<int>(biflow.label_source));
  for (const auto& list : biflow.lists) text += fmt::format("{};", fmt::join(list, " "));
  return text + fmt::format("{};{};{};{};{}", fmt::join(biflow.payload, " "), fmt::join(biflow.payload_ends, " "),
                            biflow.start, fmt::join(biflow.metadata, " "), fmt::join(biflow.features, " "));
}

Account account_of(const std::string& file, bool later) {
  Wanted wanted;
  for (const auto list : {kDirection, kPayload, kInterArrival, kWindow}) wanted.lists[list] = true;
  if (later)
    for (const auto list : {kIpBytes, kIpHeaderBytes, kTransportHeaderBytes, kFlags}) wanted.lists[list] = true;
  wanted.payload_bytes = 2000;
  wanted.start = wanted.activity = wanted.features = true;
  Account account;
  samples::TextSource source(file, 5000);
  Biflow biflow;
  try {
    BiflowStream stream(source, "file.json", 4096);
    while (stream.next()) {
      std::string text = "damaged";
      try {
        read_biflow(stream, wanted, biflow);
        text = text_of(biflow);
      } catch (const Damage&) {
      }
      account.biflows.emplace_back(stream.key(), text);
    }
  } catch (const Error& error) {
    account.error = error.what();
  }
  return account;
}

/// Cuts a file at so many places.
void expect_no_cut_changes_a_number(const std::string& file, bool later, std::size_t cuts) {
  const auto whole = account_of(file, later);
  EXPECT_EQ(whole.error, "");
  for (const auto& [key, text] : whole.biflows) EXPECT_NE(text, "damaged") << key;
  for (std::size_t i = 0; i < cuts; ++i) {
    const auto size = file.size() * i / cuts;
    const auto part = account_of(file.substr(0, size), later);
    EXPECT_NE(part.error, "") << size;
    ASSERT_LE(part.biflows.size(), whole.biflows.size());
    for (std::size_t k = 0; k < part.biflows.size(); ++k) EXPECT_EQ(part.biflows[k], whole.biflows[k]) << size;
  }
}

TEST(Truncation, OfTheReferenceFilesIsAnErrorAndChangesNoBiflowBefore) {
  const auto folder = morgana::testing::reference_data() / "mirage-2019";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << "no reference data in " << folder << "; set MORGANA_REFERENCE_DATA";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++files;
    const auto text = testing::content_of(entry.path());
    expect_no_cut_changes_a_number(text, false, 200);
    // The stage says so as well, with the file's name.
    const morgana::testing::TestContext context;
    const auto cut = context.root() / entry.path().filename();
    samples::write(cut, text.substr(0, text.size() / 2));
    try {
      morgana::testing::StageRunner(morgana_plugin(), "read.mirage-2019").set("path", cut.string()).run();
      FAIL() << entry.path();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find(cut.filename().string() + ": byte "), 0u) << error.what();
      EXPECT_NE(std::string(error.what()).find("truncated"), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(files, 2u);
}

TEST(Truncation, OfFilesInTheLaterFormatsIsAnErrorAtEveryByte) {
  const auto file = samples::file_of({samples::flow_appxact(), samples::flow_video(), samples::flow_ccma()});
  expect_no_cut_changes_a_number(file, true, file.size());
}

TEST(Mutation, OfOneBiflowLeavesTheOthersAsTheyWere) {
  const auto file = samples::file_of({samples::flow_appxact(), samples::flow_ccma(), samples::flow_video()});
  const auto whole = account_of(file, true);
  const auto begin = file.find("\"packet_data\"", 1), end = file.find("\"BF_activity\"");
  constexpr std::string_view kBytes = "0123456789.-eE,:[]{}\"\\ntNaf \0\xff";
  std::size_t damaged = 0, broken = 0;
  for (std::uint64_t sample = 0; sample < 3000; ++sample) {
    const Random random(3, sample);
    auto mutant = file;
    for (std::uint32_t k = 0; k <= random.below(0, 3); ++k) {
      const auto at = begin + random.below(2 * k + 1, static_cast<std::uint32_t>(end - begin));
      mutant[at] = kBytes[random.below(2 * k + 2, static_cast<std::uint32_t>(kBytes.size()))];
    }
    const auto read = account_of(mutant, true);
    if (!read.error.empty()) {
      ++broken;
      continue;
    }
    damaged += read.biflows[0].second == "damaged";
    // What the change did not touch is as it was, as long as the brackets close where they did.
    if (read.biflows.size() == 3) {
      EXPECT_EQ(read.biflows[1], whole.biflows[1]) << sample;
      EXPECT_EQ(read.biflows[2], whole.biflows[2]) << sample;
    }
  }
  EXPECT_GT(damaged, 300u);
  EXPECT_GT(broken, 30u);
}

}  // namespace
}  // namespace morgana::mirage
