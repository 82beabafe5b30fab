import { createTRPCClient, httpBatchLink } from "@trpc/client";
import type { AppRouter } from "crier-client";

const trpc = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({
      url: `${process.env.CRIER_URL}/api/trpc`,
      headers: { Authorization: `Bearer ${process.env.CRIER_KEY}` },
    }),
  ],
});

const contact = await trpc.contacts.create.mutate({ tenantId: "tenant-uuid", phoneNumber: "+1234567890", name: "John Doe" });
const group = await trpc.groups.create.mutate({ tenantId: "tenant-uuid", name: "Marketing List", description: "Q1 Marketing Campaign" });
await trpc.groups.addContacts.mutate({ groupId: group.group.id, contactIds: [contact.contact.id] });
const campaign = await trpc.campaigns.create.mutate({ tenantId: "tenant-uuid", whatsappInstanceId: "instance-uuid", name: "Q1 Promotion", message: "Hello! Check out our new offers!", recipientType: "groups", recipientIds: [group.group.id] });
await trpc.campaigns.start.mutate({ id: campaign.campaign.id });

let now = campaign.campaign;
for (let tries = 0; tries < 300 && (now.status !== "completed" || now.readCount !== 1); tries++) {
  await new Promise((done) => setTimeout(done, 100));
  now = (await trpc.campaigns.getById.query({ id: now.id })).campaign;
}
const [listed, history] = await Promise.all([
  trpc.contacts.list.query({ q: "John", limit: 10 }),
  trpc.messagesHistory.list.query({ contactId: contact.contact.id }),
]);
const wrong = await trpc.contacts.getById.query({ id: campaign.campaign.id }).catch((error) => error.data);
console.log(JSON.stringify({ now, listed, history, wrong }));
