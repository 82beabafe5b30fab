import createClient from "openapi-fetch";
import type { paths } from "./crier.d.ts";

const crier = createClient<paths>({
  baseUrl: process.env.CRIER_URL,
  headers: { Authorization: `Bearer ${process.env.CRIER_KEY}` },
});

const john = await crier.POST("/api/v1/contacts", { body: { phoneNumber: "+1234567890", name: "John Doe" } });
const group = await crier.POST("/api/v1/groups", { body: { name: "Marketing List" } });
await crier.POST("/api/v1/groups/{id}/contacts", {
  params: { path: { id: group.data!.id } },
  body: { contactIds: [john.data!.id] },
});
const numbers = await crier.GET("/api/v1/whatsapp-instances", { params: { query: { limit: 1 } } });
const campaign = await crier.POST("/api/v1/campaigns", {
  body: {
    name: "Q1 Promotion",
    whatsappInstanceId: numbers.data!.items[0].id,
    message: "Hello!",
    recipientType: "groups",
    recipientIds: [group.data!.id],
  },
});
const started = await crier.POST("/api/v1/campaigns/{id}/start", { params: { path: { id: campaign.data!.id } } });
const missing = await crier.GET("/api/v1/contacts/{id}", { params: { path: { id: campaign.data!.id } } });
console.log(JSON.stringify({ status: started.data!.status, missing: missing.error!.error.code }));
