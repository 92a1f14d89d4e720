// SPDX-License-Identifier: Apache-2.0
#include "csv_stage_test.hpp"

namespace morgana {
namespace {

using Strings = std::vector<std::string>;

class ReadPackets : public testing::CsvStageTest {
 protected:
  ReadPackets() : CsvStageTest("read.csv-packets") {}
};

TEST_F(ReadPackets, GathersTracesWhoseRowsLieApart) {
  stage(write("flow,host,size,time,dir,label\n"
              "1,a,100,10.0,0,zoom\n"
              "2,a,7,10.5,1,meet\n"
              "1,a,200,12.0,1,zoom\n"
              "1,b,9,11.0,0,zoom\n"))
      .set("trace", list({"flow", "host"}))
      .set("channels", list({"PL=size", "DIR=dir"}))
      .set("timestamps", "time")
      .set("capture", list({"host"}));
  const auto traces = this->traces();
  ASSERT_EQ(traces->size(), 3u);
  EXPECT_EQ(all(*traces, "PL"), (std::vector<float>{100, 200, 7, 9}));
  EXPECT_EQ(all(*traces, "DIR"), (std::vector<float>{-1, 1, 1, -1}));
  EXPECT_EQ(all(*traces, "IAT"), (std::vector<float>{0, 2, 0, 0}));
  EXPECT_EQ((*traces)[1].label(), "meet");
  EXPECT_EQ(traces->table().capture.names, (Strings{"a", "b"}));
  EXPECT_EQ(traces->table().counts.at("traces"), 3);
}

TEST_F(ReadPackets, TakesAFileATrace) {
  write("size\n1\n2\n", "zoom/1.csv");
  write("size\n3\n", "zoom/2.csv");
  stage((context_.root() / "in").string())
      .set("trace", list({"{file}"}))
      .set("label", "{folder}")
      .set("channels", list({"PL=size"}));
  const auto traces = this->traces();
  ASSERT_EQ(traces->size(), 2u);
  EXPECT_EQ(traces->packets(0), 2u);
  EXPECT_EQ(traces->class_names(), Strings{"zoom"});
}

TEST_F(ReadPackets, TakesSignedSizesWithoutHeader) {
  stage(write("x -5\n", "unused.txt"));
  stage(write("1\t-5\n1\t9\n"))
      .set("header", ParameterValue(false))
      .set("label", "")
      .set("trace", list({"1"}))
      .set("channels", list({"PL*DIR=2"}))
      .set("positive", "up");
  const auto traces = this->traces();
  EXPECT_EQ(all(*traces, "PL"), (std::vector<float>{5, 9}));
  EXPECT_EQ(all(*traces, "DIR"), (std::vector<float>{1, -1}));
  EXPECT_TRUE(traces->table().label.id.empty());
}

TEST_F(ReadPackets, LeavesOutATraceThatLacksAPacket) {
  stage(write("id,size,time,label\n"
              "a,1,0,x\na,2,1,x\n"
              "b,one,0,x\nb,2,1,x\n"
              "c,1,0,x\nc,2,1,y\n"
              "d,1,0,x\nd,2\n"
              "e,1,5,x\ne,2,4,x\n"
              "f,1,0,x\nf,,1,x\n"
              ",1,0,x\n"))
      .set("trace", list({"id"}))
      .set("channels", list({"PL=size"}))
      .set("timestamps", "time");
  const auto traces = this->traces();
  EXPECT_EQ(traces->size(), 1u);
  const auto& notes = traces->table().notes;
  EXPECT_EQ(traces->table().counts.at("traces"), 6);
  EXPECT_EQ(notes.at("skipped: text in a number cell"), "file.csv line 4: line 4: \"one\" in size");
  EXPECT_EQ(notes.at("skipped: labels differ"), "file.csv line 6: line 7: \"y\" after \"x\"");
  EXPECT_EQ(notes.at("skipped: ragged row"), "file.csv line 8: line 9: 2 cells where the first has 4");
  EXPECT_EQ(notes.at("skipped: times run backwards"), "file.csv line 10: time of packet 1");
  EXPECT_EQ(notes.at("skipped: missing value"), "file.csv line 12: size of packet 1");
  EXPECT_EQ(notes.at("skipped: packet of no trace"), "file.csv line 14");
}

TEST_F(ReadPackets, SaysWhatIsWrong) {
  const auto file = write("id,size\n1,\"0,5\"\n");
  stage(file).set("trace", list({})).set("channels", list({"PL=size"}));
  EXPECT_EQ(error(), "no column tells traces apart; set trace to columns, or to [\"{file}\"]");
  stage(file).set("trace", list({"id"})).set("channels", list({"PL=sizes"})).set("label", "");
  EXPECT_EQ(error(), "file.csv has no column \"sizes\"; it has size, id");
  stage(file).set("trace", list({"id"})).set("channels", list({"PL=size"})).set("label", "");
  EXPECT_EQ(error(), "file.csv line 2: \"0,5\" in size has a decimal comma; write numbers with a decimal point");
}

}  // namespace
}  // namespace morgana
