// Made by `flask --app wsgi api-client` from the shapes of the API: do not change it by hand.
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from "@trpc/server";

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: unknown }>;
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: unknown }>;
type Root = { ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: false };

/** The key's own tenant; it may be left out. */
type OfTenant = { tenantId?: string };

/** Which of the objects, and which page of them. `deleted` asks for the trash. */
export interface Asked {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
  /** A part of the name. */
  q?: string | null;
  /** The trash instead of the living. */
  deleted?: boolean;
}

/** One message to many. pending + uncertain + sent + failed + skipped + cancelled = total; delivered and read are among the sent. */
export interface Campaign {
  id: string;
  name: string;
  status: "draft" | "scheduled" | "preparing" | "running" | "paused" | "completed" | "failed" | "cancelled";
  message: string;
  whatsappInstanceId: string | null;
  messageTemplateId: string | null;
  recipientType: "groups" | "contacts" | "all";
  timeZone: string | null;
  totalRecipients: number;
  pendingCount: number;
  sentCount: number;
  deliveredCount: number;
  readCount: number;
  failedCount: number;
  uncertainCount: number;
  skippedCount: number;
  cancelledCount: number;
  scheduledAt: string | null;
  startedAt: string | null;
  completedAt: string | null;
  pausedReason: string | null;
  createdAt: string;
  updatedAt: string;
}

/** What changes of a draft; the rest stays. */
export interface CampaignChange {
  name?: string;
  whatsappInstanceId?: string;
  /** A text of its own; {{name}} stands for a contact's own value. */
  message?: string;
  /** For each placeholder of `message` what stands there when a contact has no value. */
  variables?: Record<string, string>;
  /** Instead of a message of its own. */
  messageTemplateId?: string;
  recipientType?: "groups" | "contacts" | "all";
  /** The groups or contacts; empty for all. */
  recipientIds?: Array<string>;
  excludeDoubtful?: boolean;
  /** An instant, or without Z or offset the time on the clocks of timeZone; null: when it is started. */
  scheduledAt?: string | null;
  /** Else the organisation's own. */
  timeZone?: string | null;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface CampaignList {
  items: Array<Campaign>;
  nextCursor: string | null;
}

/** A draft: it goes to nobody until it is started. Name a template or a message, not both. */
export interface CampaignNew {
  name: string;
  /** The number that sends. */
  whatsappInstanceId: string;
  /** A text of its own; {{name}} stands for a contact's own value. */
  message?: string;
  /** For each placeholder of `message` what stands there when a contact has no value. */
  variables?: Record<string, string>;
  /** Instead of a message of its own. */
  messageTemplateId?: string;
  recipientType: "groups" | "contacts" | "all";
  /** The groups or contacts; empty for all. */
  recipientIds?: Array<string>;
  /** Leave out numbers that may not exist. */
  excludeDoubtful?: boolean;
  /** An instant, or without Z or offset the time on the clocks of timeZone; null: when it is started. */
  scheduledAt?: string | null;
  /** Else the organisation's own. */
  timeZone?: string | null;
}

/** The campaign, and to how many people it is sent again. */
export interface CampaignSentAgain {
  campaign: CampaignWhole;
  people: number;
}

/** One campaign with everybody who was chosen, and its counts of this moment. */
export interface CampaignWhole {
  id: string;
  name: string;
  status: "draft" | "scheduled" | "preparing" | "running" | "paused" | "completed" | "failed" | "cancelled";
  message: string;
  whatsappInstanceId: string | null;
  messageTemplateId: string | null;
  recipientType: "groups" | "contacts" | "all";
  timeZone: string | null;
  totalRecipients: number;
  pendingCount: number;
  sentCount: number;
  deliveredCount: number;
  readCount: number;
  failedCount: number;
  uncertainCount: number;
  skippedCount: number;
  cancelledCount: number;
  scheduledAt: string | null;
  startedAt: string | null;
  completedAt: string | null;
  pausedReason: string | null;
  createdAt: string;
  updatedAt: string;
  /** The groups or contacts; empty for all. */
  recipientIds: Array<string>;
}

/** Which campaigns. */
export interface CampaignsAsked {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
  /** A part of the name. */
  q?: string | null;
  /** The trash instead of the living. */
  deleted?: boolean;
  status?: "draft" | "scheduled" | "preparing" | "running" | "paused" | "completed" | "failed" | "cancelled" | null;
}

/** Somebody to write to. `phoneNumber` is null for people who hide theirs. */
export interface Contact {
  id: string;
  phoneNumber: string | null;
  name: string;
  /** What {{placeholders}} of a message may name, by name. */
  attributes: Record<string, string>;
  /** Whether campaigns may reach this person. */
  isActive: boolean;
  createdAt: string;
  updatedAt: string;
}

/** What changes; the rest stays. `attributes` takes the place of all there were. */
export interface ContactChange {
  /** With + and country code, however it is spaced; without them a number of the default country. */
  phoneNumber?: string;
  name?: string;
  /** What {{placeholders}} of a message may name, by name. */
  attributes?: Record<string, string>;
  /** Whether campaigns may reach this person. */
  isActive?: boolean;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface ContactList {
  items: Array<Contact>;
  nextCursor: string | null;
}

/** Somebody who is added by a number that no other contact has. */
export interface ContactNew {
  /** With + and country code, however it is spaced; without them a number of the default country. */
  phoneNumber: string;
  name?: string;
  /** What {{placeholders}} of a message may name, by name. */
  attributes?: Record<string, string>;
  /** Whether campaigns may reach this person. */
  isActive?: boolean;
  groupIds?: Array<string>;
}

/** One contact with its groups. Without `optOuts` messages may go there. */
export interface ContactWhole {
  id: string;
  phoneNumber: string | null;
  name: string;
  /** What {{placeholders}} of a message may name, by name. */
  attributes: Record<string, string>;
  /** Whether campaigns may reach this person. */
  isActive: boolean;
  createdAt: string;
  updatedAt: string;
  groupIds: Array<string>;
  optOuts: Array<OptOut>;
  /** Whether the number may not exist. */
  isDoubtful: boolean;
}

/** Contacts: all of them, or none when one is not there. */
export interface Contacts {
  contactIds: Array<string>;
}

/** Which contacts: `q` is a part of the name or of the number. */
export interface ContactsAsked {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
  /** A part of the name. */
  q?: string | null;
  /** The trash instead of the living. */
  deleted?: boolean;
  /** Only members of this group. */
  groupId?: string | null;
  /** active, inactive, opted_out or doubtful. */
  status?: string | null;
}

/** How many went into the trash. */
export interface ContactsDeleted {
  deleted: number;
}

/** How many came back, and how many could not because a living contact has their number by now. */
export interface ContactsRestored {
  restored: number;
  taken: number;
}

/** Why messages failed. `count` of them may be tried again now, `later` only at `dueAt`. */
export interface Failure {
  /** WhatsApp's own number, 0: ours. */
  code: number;
  count: number;
  later: number;
  dueAt: string | null;
  /** Whether it may work this time. */
  isPromising: boolean;
  happened: string;
  advice: string;
}

/** Every reason; who said no to messages is not among them. */
export interface Failures {
  items: Array<Failure>;
}

/** Some contacts under one name. `contactCount` counts the living ones. */
export interface Group {
  id: string;
  name: string;
  description: string;
  /** Whether campaigns may choose it. */
  isActive: boolean;
  contactCount: number;
  createdAt: string;
  updatedAt: string;
}

/** What changes; the rest stays. */
export interface GroupChange {
  name?: string;
  description?: string;
  /** Whether campaigns may choose it. */
  isActive?: boolean;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface GroupList {
  items: Array<Group>;
  nextCursor: string | null;
}

/** An empty group; no other has its name. */
export interface GroupNew {
  name: string;
  description?: string;
  /** Whether campaigns may choose it. */
  isActive?: boolean;
}

/** The import, and where the refused rows are, with the reason of each; null when there are none. */
export interface ImportTold {
  id: string;
  fileName: string;
  groupId: string | null;
  /** Of people who are here already: update what the list says, fill what is empty, or keep all. */
  onExisting: "update" | "fill" | "keep";
  status: "uploaded" | "queued" | "reading" | "merging" | "completed" | "failed" | "cancelled";
  error: string | null;
  rows: number;
  added: number;
  updated: number;
  unchanged: number;
  /** Rows about somebody whom a later row names again. */
  repeated: number;
  refused: number;
  createdAt: string;
  completedAt: string | null;
  refusedUrl: string | null;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface ImportToldList {
  items: Array<ImportTold>;
  nextCursor: string | null;
}

/** Contacts that come into a group or leave it: all of them, or none when one is not there. */
export interface Members {
  contactIds: Array<string>;
}

/** The group, and how many of them were not in it yet. */
export interface MembersAdded {
  group: Group;
  added: number;
}

/** The group, and how many of them were in it. */
export interface MembersRemoved {
  group: Group;
  removed: number;
}

/** One message with WhatsApp's own id of it; `chatId` is the other side's WhatsApp id. */
export interface Message {
  id: string;
  messageId: string;
  chatId: string;
  whatsappInstanceId: string | null;
  contactId: string | null;
  campaignId: string | null;
  direction: "out" | "in";
  type: string;
  content: string;
  status: "accepted" | "sent" | "failed" | "delivered" | "read" | "received";
  errorCode: number | null;
  sentAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
  createdAt: string;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface MessageList {
  items: Array<Message>;
  nextCursor: string | null;
}

/** A text with placeholders. One of kind `template` was approved by WhatsApp and is changed there. */
export interface MessageTemplate {
  id: string;
  name: string;
  kind: "text" | "template";
  content: string;
  /** For each placeholder what stands there when a contact has no value; empty: none. */
  variables: Record<string, string>;
  /** Whether campaigns may choose it. */
  isActive: boolean;
  /** Counts up with every change. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** What changes; the rest stays. Campaigns that were started or scheduled keep their copy. */
export interface MessageTemplateChange {
  name?: string;
  /** The text; {{name}} and what attributes are called stand for a contact's own values. */
  content?: string;
  /** For each placeholder what stands there when a contact has no value; empty: none. */
  variables?: Record<string, string>;
  /** Whether campaigns may choose it. */
  isActive?: boolean;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface MessageTemplateList {
  items: Array<MessageTemplate>;
  nextCursor: string | null;
}

/** A text that campaigns may choose; no other template has its name. */
export interface MessageTemplateNew {
  name: string;
  /** The text; {{name}} and what attributes are called stand for a contact's own values. */
  content: string;
  /** For each placeholder what stands there when a contact has no value; empty: none. */
  variables?: Record<string, string>;
  /** Whether campaigns may choose it. */
  isActive?: boolean;
}

/** Which templates. */
export interface MessageTemplatesAsked {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
  /** A part of the name. */
  q?: string | null;
  /** The trash instead of the living. */
  deleted?: boolean;
  /** active or inactive. */
  status?: string | null;
}

/** Which messages. `q` is a part of the name or number of the other side. */
export interface MessagesAsked {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
  q?: string | null;
  contactId?: string | null;
  campaignId?: string | null;
  direction?: "out" | "in" | null;
  status?: "accepted" | "sent" | "failed" | "delivered" | "read" | "received" | null;
}

/** Somebody's no to messages, and where they said it: a word they wrote, WhatsApp's own switch (native), a page or a program of ours, or an answer of WhatsApp's. */
export interface OptOut {
  source: "stop_word" | "native" | "page" | "provider_error";
  at: string;
}

/** Which page of a list. What an address says is text: numbers are read from it. */
export interface Paged {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
}

/** Whom a campaign would reach now. `recent` of them wrote within the last 24 hours; `leftOut` counts by reason: deleted, opted_out, inactive, no_number, doubtful, missing_value, and twice for those in several of its groups. */
export interface Reach {
  reached: number;
  recent: number;
  leftOut: Record<string, number>;
}

/** One contact inside one campaign, as it was when the campaign began. */
export interface Recipient {
  id: string;
  /** Null when it was erased. */
  contactId: string | null;
  phoneNumber: string;
  status: "pending" | "sending" | "uncertain" | "accepted" | "sent" | "failed" | "delivered" | "read" | "skipped" | "cancelled";
  sentAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
  failedAt: string | null;
  /** WhatsApp's own number. */
  errorCode: number | null;
  errorMessage: string | null;
  messageId: string | null;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface RecipientList {
  items: Array<Recipient>;
  nextCursor: string | null;
}

/** Which recipients, in the order in which they are sent to. */
export interface RecipientsAsked {
  status?: "pending" | "sending" | "uncertain" | "accepted" | "sent" | "failed" | "delivered" | "read" | "skipped" | "cancelled" | null;
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
}

/** The entry that is posted once more. */
export interface Replay {
  logId: string;
}

/** Since when. */
export interface ReplayFailed {
  since: string;
}

/** How many are posted once more. */
export interface Replayed {
  replayed: number;
}

/** How many they are, as the campaign tells: so that nobody sends again without having looked. */
export interface Resend {
  uncertainCount: number;
}

/** The reasons, by the `code` under which they are listed. */
export interface Retry {
  codes: Array<number>;
}

/** All of them; an entry has few. */
export interface Tries {
  items: Array<Try>;
}

/** Of which entry. */
export interface TriesAsked {
  logId: string;
}

/** What a check found, what to do about it, and what WhatsApp said of it in its own words. */
export interface Trouble {
  happened: string;
  advice: string;
  details: string;
}

/** One try: what was answered, or why nothing was. `requestHeaders` are without the signature; `response` is null without `events:read`. */
export interface Try {
  number: number;
  statusCode: number | null;
  response: string | null;
  errorMessage: string | null;
  durationMs: number | null;
  requestHeaders: Record<string, string> | null;
  startedAt: string;
  completedAt: string | null;
}

/** An address that hears of events. */
export interface Webhook {
  id: string;
  name: string;
  url: string;
  description: string;
  events: Array<string>;
  /** Whether it is posted to. */
  isActive: boolean;
  disabledReason: string | null;
  createdAt: string;
  updatedAt: string;
}

/** What changes; the rest stays. */
export interface WebhookChange {
  name?: string;
  url?: string;
  /** The events it hears; empty: all that are not told of every single message. */
  events?: Array<"contact_created" | "contact_updated" | "contact_deleted" | "contacts_imported" | "group_created" | "group_updated" | "group_deleted" | "campaign_created" | "campaign_updated" | "campaign_deleted" | "campaign_status_changed" | "template_created" | "template_updated" | "template_deleted" | "webhook_created" | "webhook_updated" | "webhook_deleted" | "message_received" | "message_status_changed">;
  description?: string;
  /** Whether it is posted to. */
  isActive?: boolean;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface WebhookList {
  items: Array<Webhook>;
  nextCursor: string | null;
}

/** One event to one webhook, with what came of it. `payload` and `response` are null without `events:read`. */
export interface WebhookLog {
  id: string;
  webhookId: string;
  eventId: string | null;
  event: string;
  payload: Record<string, unknown> | null;
  success: boolean;
  statusCode: number | null;
  response: string | null;
  errorMessage: string | null;
  attemptCount: number;
  nextAttemptAt: string | null;
  completedAt: string | null;
  createdAt: string;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface WebhookLogList {
  items: Array<WebhookLog>;
  nextCursor: string | null;
}

/** Which entries of the log. */
export interface WebhookLogsAsked {
  /** How many, at most 200. */
  limit?: number;
  /** The nextCursor of the page before. */
  cursor?: string | null;
  event?: string | null;
  status?: "waiting" | "succeeded" | "failed" | null;
  /** Only what came about since then. */
  since?: string | null;
}

/** An address that is to hear of events. */
export interface WebhookNew {
  name: string;
  url: string;
  /** The events it hears; empty: all that are not told of every single message. */
  events?: Array<"contact_created" | "contact_updated" | "contact_deleted" | "contacts_imported" | "group_created" | "group_updated" | "group_deleted" | "campaign_created" | "campaign_updated" | "campaign_deleted" | "campaign_status_changed" | "template_created" | "template_updated" | "template_deleted" | "webhook_created" | "webhook_updated" | "webhook_deleted" | "message_received" | "message_status_changed">;
  description?: string;
  /** Whether it is posted to. */
  isActive?: boolean;
}

/** The webhook with its secret, which is told when it is made. */
export interface WebhookWithSecret {
  id: string;
  name: string;
  url: string;
  description: string;
  events: Array<string>;
  /** Whether it is posted to. */
  isActive: boolean;
  disabledReason: string | null;
  createdAt: string;
  updatedAt: string;
  /** Signs every post (Standard Webhooks). */
  secret: string;
}

/** A number that sends, as it stands at the provider. */
export interface WhatsappInstance {
  id: string;
  name: string;
  phoneNumber: string;
  provider: "cloud";
  baseUrl: string;
  apiVersion: string;
  phoneNumberId: string;
  businessAccountId: string;
  messagesPerSecond: number;
  status: "unchecked" | "checking" | "connected" | "refused" | "paused";
  quality: "GREEN" | "YELLOW" | "RED" | "UNKNOWN";
  createdAt: string;
  updatedAt: string;
}

/** What changes; the rest stays, secrets too. Changed access is checked again. */
export interface WhatsappInstanceChange {
  name?: string;
  phoneNumber?: string;
  phoneNumberId?: string;
  businessAccountId?: string;
  /** Never told again. */
  accessToken?: string;
  /** Never told again. */
  appSecret?: string;
  /** Never told again. */
  verifyToken?: string;
  provider?: "cloud";
  baseUrl?: string;
  apiVersion?: string;
  messagesPerSecond?: number;
}

/** One page. `nextCursor` is null at the end; a page may be short, or empty, before the end. */
export interface WhatsappInstanceList {
  items: Array<WhatsappInstance>;
  nextCursor: string | null;
}

/** A number that is connected, and checked at once in the background. */
export interface WhatsappInstanceNew {
  name: string;
  phoneNumber: string;
  phoneNumberId: string;
  businessAccountId: string;
  /** Never told again. */
  accessToken: string;
  /** Never told again. */
  appSecret: string;
  /** Made up when it is left out. */
  verifyToken?: string;
  provider?: "cloud";
  baseUrl?: string;
  apiVersion?: string;
  messagesPerSecond?: number;
}

/** One number with what its last check found. */
export interface WhatsappInstanceWhole {
  id: string;
  name: string;
  phoneNumber: string;
  provider: "cloud";
  baseUrl: string;
  apiVersion: string;
  phoneNumberId: string;
  businessAccountId: string;
  messagesPerSecond: number;
  status: "unchecked" | "checking" | "connected" | "refused" | "paused";
  quality: "GREEN" | "YELLOW" | "RED" | "UNKNOWN";
  createdAt: string;
  updatedAt: string;
  checkedAt: string | null;
  problems: Array<Trouble>;
}

export type AppRouter = TRPCBuiltRouter<
  Root,
  {
  contacts: {
    /** The contacts, newest first, a page at a time. */
    list: Query<(OfTenant & ContactsAsked) | void, ContactList>;
    /** One contact. */
    getById: Query<OfTenant & { id: string }, { contact: ContactWhole }>;
    /** Make a contact. */
    create: Mutation<OfTenant & ContactNew, { contact: ContactWhole }>;
    /** Change a contact; what is left out stays as it is. */
    update: Mutation<OfTenant & { id: string } & ContactChange, { contact: ContactWhole }>;
    /** Move a contact to the trash. */
    delete: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Bring a contact back from the trash. */
    restore: Mutation<OfTenant & { id: string }, { contact: ContactWhole }>;
    /** Note that somebody wants no more messages: none reaches them from now on. */
    optOut: Mutation<OfTenant & { id: string }, { contact: ContactWhole }>;
    /** Take somebody's no back, as they asked for. */
    optIn: Mutation<OfTenant & { id: string }, { contact: ContactWhole }>;
    /** Take somebody in the trash out of everything, for good. Their no to messages stays, without them. */
    erase: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Move contacts to the trash: all of them, or none when one is not there. */
    deleteMany: Mutation<OfTenant & Contacts, ContactsDeleted>;
    /** Bring contacts back from the trash; one whose number somebody else has by now stays there. */
    restoreMany: Mutation<OfTenant & Contacts, ContactsRestored>;
  };
  imports: {
    /** The imports, newest first, a page at a time. */
    list: Query<(OfTenant & Paged) | void, ImportToldList>;
    /** How far an import is, and what came of it. */
    getById: Query<OfTenant & { id: string }, { import: ImportTold }>;
    /** Stop an import. Whom it has brought in already stays. */
    cancel: Mutation<OfTenant & { id: string }, { import: ImportTold }>;
  };
  groups: {
    /** The groups, newest first, a page at a time. */
    list: Query<(OfTenant & Asked) | void, GroupList>;
    /** One group. */
    getById: Query<OfTenant & { id: string }, { group: Group }>;
    /** Make a group. */
    create: Mutation<OfTenant & GroupNew, { group: Group }>;
    /** Change a group; what is left out stays as it is. */
    update: Mutation<OfTenant & { id: string } & GroupChange, { group: Group }>;
    /** Move a group to the trash. */
    delete: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Bring a group back from the trash. */
    restore: Mutation<OfTenant & { id: string }, { group: Group }>;
    /** Put contacts into a group: all of them, or none when one is not there. */
    addContacts: Mutation<OfTenant & { groupId: string } & Members, MembersAdded>;
    /** Take contacts out of a group; they stay contacts. */
    removeContacts: Mutation<OfTenant & { groupId: string } & Members, MembersRemoved>;
  };
  messageTemplates: {
    /** The message templates, newest first, a page at a time. */
    list: Query<(OfTenant & MessageTemplatesAsked) | void, MessageTemplateList>;
    /** One message template. */
    getById: Query<OfTenant & { id: string }, { messageTemplate: MessageTemplate }>;
    /** Make a message template. */
    create: Mutation<OfTenant & MessageTemplateNew, { messageTemplate: MessageTemplate }>;
    /** Change a message template; what is left out stays as it is. */
    update: Mutation<OfTenant & { id: string } & MessageTemplateChange, { messageTemplate: MessageTemplate }>;
    /** Move a message template to the trash. */
    delete: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Bring a message template back from the trash. */
    restore: Mutation<OfTenant & { id: string }, { messageTemplate: MessageTemplate }>;
    /** Write the same text once more under a name that is free. */
    duplicate: Mutation<OfTenant & { id: string }, { messageTemplate: MessageTemplate }>;
  };
  whatsappInstances: {
    /** The WhatsApp numbers, newest first, a page at a time. */
    list: Query<(OfTenant & Asked) | void, WhatsappInstanceList>;
    /** One WhatsApp number. */
    getById: Query<OfTenant & { id: string }, { whatsappInstance: WhatsappInstanceWhole }>;
    /** Make a WhatsApp number. */
    create: Mutation<OfTenant & WhatsappInstanceNew, { whatsappInstance: WhatsappInstanceWhole }>;
    /** Change a WhatsApp number; what is left out stays as it is. */
    update: Mutation<OfTenant & { id: string } & WhatsappInstanceChange, { whatsappInstance: WhatsappInstanceWhole }>;
    /** Move a WhatsApp number to the trash. */
    delete: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Bring a WhatsApp number back from the trash. */
    restore: Mutation<OfTenant & { id: string }, { whatsappInstance: WhatsappInstanceWhole }>;
    /** Have a number checked at the provider, in the background. */
    check: Mutation<OfTenant & { id: string }, { whatsappInstance: WhatsappInstanceWhole }>;
    /** Let nothing more go out from a number. */
    pause: Mutation<OfTenant & { id: string }, { whatsappInstance: WhatsappInstanceWhole }>;
    /** Let a paused number send again, and have it checked. */
    unpause: Mutation<OfTenant & { id: string }, { whatsappInstance: WhatsappInstanceWhole }>;
  };
  campaigns: {
    /** The campaigns, newest first, a page at a time. */
    list: Query<(OfTenant & CampaignsAsked) | void, CampaignList>;
    /** One campaign. */
    getById: Query<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** Make a campaign. */
    create: Mutation<OfTenant & CampaignNew, { campaign: CampaignWhole }>;
    /** Change a campaign; what is left out stays as it is. */
    update: Mutation<OfTenant & { id: string } & CampaignChange, { campaign: CampaignWhole }>;
    /** Move a campaign to the trash. */
    delete: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Bring a campaign back from the trash. */
    restore: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** Let a draft go, now or at its time. */
    start: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** Stop a running campaign: when this has answered, no message goes out any more. */
    pause: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** Let a paused campaign go on where it stopped. */
    resume: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** End a campaign: whoever was not written to yet never will be. */
    cancel: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** Make a draft again of a campaign that waits for its time. */
    unschedule: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** A new draft that says the same to the same people. */
    copy: Mutation<OfTenant & { id: string }, { campaign: CampaignWhole }>;
    /** Whom it would reach now, and how many it leaves out for which reason. */
    getReach: Query<OfTenant & { id: string }, Reach>;
    /** Why messages failed, the most frequent reason first, and who of them may be tried again. */
    listFailures: Query<OfTenant & { id: string }, Failures>;
    /** Send again to those who failed for these reasons. A campaign that was over goes on. */
    retryFailed: Mutation<OfTenant & { id: string } & Retry, CampaignSentAgain>;
    /** Send again to those of whom nobody knows whether they got it: some may get it twice. */
    resendUncertain: Mutation<OfTenant & { id: string } & Resend, CampaignSentAgain>;
    /** Who gets it, in the order of sending, a page at a time. */
    listRecipients: Query<OfTenant & { id: string } & RecipientsAsked, RecipientList>;
  };
  webhooks: {
    /** The webhooks, newest first, a page at a time. */
    list: Query<(OfTenant & Asked) | void, WebhookList>;
    /** One webhook. */
    getById: Query<OfTenant & { id: string }, { webhook: Webhook }>;
    /** Make a webhook. */
    create: Mutation<OfTenant & WebhookNew, { webhook: WebhookWithSecret }>;
    /** Change a webhook; what is left out stays as it is. */
    update: Mutation<OfTenant & { id: string } & WebhookChange, { webhook: Webhook }>;
    /** Move a webhook to the trash. */
    delete: Mutation<OfTenant & { id: string }, { success: true }>;
    /** Bring a webhook back from the trash. */
    restore: Mutation<OfTenant & { id: string }, { webhook: Webhook }>;
    /** Make another secret; the one before signs beside it for 24 hours more, no third before. */
    regenerateSecret: Mutation<OfTenant & { id: string }, { webhook: WebhookWithSecret }>;
    /** End the secret before the present one now: a receiver that still has it refuses posts. */
    endOldSecret: Mutation<OfTenant & { id: string }, { webhook: Webhook }>;
    /** Post a test to a webhook, in the background; the answer is its entry in the log. */
    test: Mutation<OfTenant & { id: string }, { log: WebhookLog }>;
    /** What was posted to a webhook, newest first, with what came of it. */
    getLogs: Query<OfTenant & { id: string } & WebhookLogsAsked, WebhookLogList>;
    /** Each try to post one entry of the log, the first one first. */
    getTries: Query<OfTenant & { id: string } & TriesAsked, Tries>;
    /** Post one entry of the log once more, in the background, under the id it had. */
    replay: Mutation<OfTenant & { id: string } & Replay, { log: WebhookLog }>;
    /** Post what was given up since a moment once more, at most 10,000 of the last 14 days. */
    replayFailed: Mutation<OfTenant & { id: string } & ReplayFailed, Replayed>;
    /** Post what waits for its next try now, the oldest first, at most 10,000. */
    postWaiting: Mutation<OfTenant & { id: string }, Replayed>;
  };
  messagesHistory: {
    /** What left and what arrived, newest first, a page at a time. */
    list: Query<(OfTenant & MessagesAsked) | void, MessageList>;
    /** One message. */
    getById: Query<OfTenant & { id: string }, { message: Message }>;
  };
  }
>;
