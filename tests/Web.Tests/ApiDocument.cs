using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace ImageBackend.Web.Tests;

/// <summary>Holds answers of the service against <c>docs/openapi.json</c>.</summary>
internal sealed class ApiDocument
{
    private readonly JsonObject _document = JsonNode.Parse(File.ReadAllText(Testing.Repository.File("docs", "openapi.json")))!.AsObject();

    /// <summary>Fails unless the document has this answer: its status, its content type, its fields and, for an error, its code.</summary>
    public async Task ShouldAllowAsync(HttpResponseMessage response)
    {
        HttpRequestMessage request = response.RequestMessage!;
        string call = $"{request.Method} {request.RequestUri!.AbsolutePath}, {(int)response.StatusCode}";
        string body = await response.Content.ReadAsStringAsync();
        if (OperationOf(request) is not { } operation)
        {
            // What any address or method answers that is not in the document.
            response.StatusCode.Should().BeOneOf([System.Net.HttpStatusCode.NotFound, System.Net.HttpStatusCode.MethodNotAllowed], call);
            if (body.Length > 0)
            {
                Evaluate(new JsonObject { ["$ref"] = "#/components/schemas/Problem" }, body, call);
            }

            return;
        }

        JsonObject? answer = operation["responses"]!.AsObject()[$"{(int)response.StatusCode}"]?.AsObject();
        answer.Should().NotBeNull("{0} is not documented", call);
        string? type = response.Content.Headers.ContentType?.MediaType;
        if (type is null || request.Method == HttpMethod.Head)
        {
            return;
        }

        JsonObject? content = answer!["content"]?[type]?.AsObject();
        content.Should().NotBeNull("{0} with {1} is not documented", call, type);
        if (type.EndsWith("json", StringComparison.Ordinal))
        {
            Evaluate(content!["schema"]!.DeepClone().AsObject(), body, call);
        }

        if (type == "application/problem+json")
        {
            string code = JsonNode.Parse(body)!["code"]!.GetValue<string>();
            content!["examples"]!.AsObject().Should().ContainKey(code, call);
        }
    }

    private JsonObject? OperationOf(HttpRequestMessage request)
    {
        foreach ((string template, JsonNode? operations) in _document["paths"]!.AsObject())
        {
            string pattern = $"^{Regex.Replace(template, "\\{[^}]+\\}", "[^/]+")}/?$";
            if (Regex.IsMatch(request.RequestUri!.AbsolutePath, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))
            {
                return operations!.AsObject()[request.Method.Method.ToLowerInvariant()]?.AsObject();
            }
        }

        return null;
    }

    private void Evaluate(JsonObject schema, string body, string call)
    {
        schema["$defs"] = _document["components"]!["schemas"]!.DeepClone();
        JsonSchema parsed = JsonSchema.FromText(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
        using JsonDocument instance = JsonDocument.Parse(body);
        EvaluationResults results = parsed.Evaluate(instance.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        string[] errors = [.. (results.Details ?? []).Where(one => one.Errors is not null).SelectMany(one => one.Errors!.Select(error => $"{one.InstanceLocation}: {error.Value}"))];
        results.IsValid.Should().BeTrue("{0} answers {1}, and {2}", call, body, string.Join("; ", errors));
    }
}
