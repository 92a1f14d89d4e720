// SPDX-License-Identifier: Apache-2.0
#include "capture_record.hpp"

#include <gtest/gtest.h>
#include <morgana/error.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "files/test/temporary_folder.hpp"

namespace morgana::capture {
namespace {

namespace fs = std::filesystem;

nlohmann::json read(const fs::path& file) { return nlohmann::json::parse(std::ifstream(file)); }

class CaptureRecord : public ::testing::Test {
 protected:
  CaptureRecord() {
    names_.prepare();
    outcome_.packets = 7;
  }

  const testing::TemporaryFolder folder_;
  const CaptureNames names_{folder_.path, "Mi5", 7, "app"};
  const fs::path beside_ = names_.record().string() + ".partial";
  const Request request_{.interface = {.name = "lo"}, .device = "Mi5", .package = "app", .command = {"true"}};
  Outcome outcome_;
};

TEST_F(CaptureRecord, IsReplacedAsAWhole) {
  write_record(names_, request_, outcome_);
  EXPECT_EQ(read(names_.record())["ended_by"], "running");
  outcome_.end = Outcome::End::kTime;
  outcome_.packets = 8;
  write_record(names_, request_, outcome_);
  EXPECT_EQ(read(names_.record())["ended_by"], "time");
  EXPECT_EQ(read(names_.record())["packets"], 8);
  EXPECT_FALSE(fs::exists(beside_));
}

TEST_F(CaptureRecord, TheLastOneNeedsNoRoomBeside) {
  write_record(names_, request_, outcome_);
  fs::create_directory(beside_);  // no file can be made there, as on a full disk
  std::ofstream(beside_ / "kept") << "kept";
  EXPECT_THROW(write_record(names_, request_, outcome_), Error) << "another one comes";
  EXPECT_EQ(read(names_.record())["ended_by"], "running");
  outcome_.end = Outcome::End::kFault;
  outcome_.fault = "cannot write x.pcapng: No space left on device";
  write_record(names_, request_, outcome_);
  EXPECT_EQ(read(names_.record())["ended_by"], "fault");
  EXPECT_EQ(read(names_.record())["fault"], outcome_.fault);
  outcome_.fault = "";  // a shorter one leaves nothing of the longer behind
  write_record(names_, request_, outcome_);
  EXPECT_FALSE(read(names_.record()).contains("fault"));
}

}  // namespace
}  // namespace morgana::capture
