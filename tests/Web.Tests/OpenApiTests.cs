using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Testing;
using ImageBackend.Web.Docs;

namespace ImageBackend.Web.Tests;

[Trait("Storage", "folders")]
public sealed partial class OpenApiTests
{
    [Fact]
    public async Task The_document_in_docs_is_what_the_service_says()
    {
        await using TestService service = await TestService.StartAsync();

        string document = await service.Client.GetStringAsync("/openapi/v1.json") + "\n";

        string path = Repository.File("docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, document);
        }

        (await File.ReadAllTextAsync(path)).Should().Be(document, "UPDATE_DOCS=1 dotnet test tests/Web.Tests writes it");
    }

    [Fact]
    public async Task Behind_a_prefix_the_document_names_the_prefixed_addresses()
    {
        await using TestService service = await TestService.StartAsync(("ROUTE_PREFIX", "/images"));

        JsonElement document = JsonDocument.Parse(await service.Client.GetStringAsync("/images/openapi/v1.json")).RootElement;

        document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Should().Contain("/images/upload").And.OnlyContain(path => path.StartsWith("/images/"));
        document.GetProperty("servers")[0].GetProperty("url").GetString().Should().Be("/");
        (await service.Client.GetStringAsync("/images/docs/")).Should().Contain("images/openapi/v1.json");
    }

    [Fact]
    public async Task The_page_of_the_docs_loads_nothing_from_elsewhere()
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage page = await service.Client.GetAsync("/docs/");

        string html = await page.Content.ReadAsStringAsync();
        html.Should().NotMatchRegex("(src|href)=\"(https?:)?//");
        page.Headers.GetValues("Content-Security-Policy").Single().Should().StartWith("default-src 'none'").And.NotContain("http").And.NotContain("*");
        foreach (Match script in Sources().Matches(html))
        {
            using HttpResponseMessage answer = await service.Client.GetAsync($"/docs/{script.Groups[1].Value}");
            ((int)answer.StatusCode).Should().Be(200, script.Value);
        }
    }

    [Fact]
    public void The_page_about_HTTP_names_every_error_with_its_status()
    {
        string[] rows = File.ReadAllLines(Repository.File("docs", "http.md"));
        string[] told =
        [
            .. rows.SkipWhile(line => line != "| status | codes |").Skip(2).TakeWhile(line => line.StartsWith('|'))
                .SelectMany(line => ErrorsOf(line.Split('|')[1], line.Split('|')[2])),
        ];

        told.Should().BeEquivalentTo(ErrorCode.All.Select(error => $"{error.Status} {error.Code}"));
    }

    // "401, 403" and "`a`, `b` `c`" are 401 a, 403 b and 403 c: a comma leads to the next status.
    private static IEnumerable<string> ErrorsOf(string statuses, string codes) =>
        Status().Matches(statuses).Select(match => match.Value)
            .Zip(codes.Split(','), (status, part) => Code().Matches(part).Select(code => $"{status} {code.Groups[1].Value}"))
            .SelectMany(errors => errors);

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Sources();

    [GeneratedRegex("[0-9]{3}")]
    private static partial Regex Status();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Code();
}
