// The states in words.

import { defineMessages } from "@/shared/i18n/messages";

export const stateWords = defineMessages({
  en: {
    pending: "Pending", running: "Running", approval: "Waiting for approval", lock: "Waiting for a lock",
    waiting: "Waiting", suspended: "Suspended", stopping: "Stopping", succeeded: "Succeeded", failed: "Failed",
    error: "Error", skipped: "Skipped", omitted: "Omitted",
  },
  "zh-Hans": {
    pending: "等待中", running: "运行中", approval: "等待审批", lock: "等待锁", waiting: "等待", suspended: "已暂停",
    stopping: "正在停止", succeeded: "成功", failed: "失败", error: "错误", skipped: "已跳过", omitted: "已省略",
  },
  ja: {
    pending: "保留中", running: "実行中", approval: "承認待ち", lock: "ロック待ち", waiting: "待機中", suspended: "一時停止",
    stopping: "停止処理中", succeeded: "成功", failed: "失敗", error: "エラー", skipped: "スキップ", omitted: "省略",
  },
}); // prettier-ignore
