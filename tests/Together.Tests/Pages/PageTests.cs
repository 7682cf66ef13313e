using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Together.Tests.Pages;

/// <summary>Whoever types what README, docs and the other pages say gets what they say.</summary>
[Collection(S3Collection.Name)]
public sealed partial class PageTests(S3Server server, PostgresServer database) : IClassFixture<PostgresServer>, IDisposable
{
    private const string Storage = "docs/storage.md";
    private const string MovingOver = "docs/moving-over.md";
    private const string Scale = "docs/scale.md";

    /// <summary>Programs that are not run as they are, and why. Each is a script in <c>tools</c>; all others are real.</summary>
    private static readonly Dictionary<string, string> StandIns = new()
    {
        ["curl"] = "it is run, with the port, the secret and the names of the service that runs here",
        ["dotnet"] = "it is run, but nothing is built again, the port is a free one, and the shell goes on",
        ["docker"] = "there may be no engine: services and commands are looked for in docker-compose.yml and Dockerfile",
        ["kubectl"] = "there is no cluster: folders and names are looked for in build/kubernetes",
        ["make"] = "targets are looked for with --dry-run: they run these tests, measure for an hour, or need an engine",
    };

    private readonly PageSite _site = new();

    /// <summary>All pages with a command, except those whose commands need a server.</summary>
    public static TheoryData<string> Pages
    {
        get
        {
            TheoryData<string> names = [];
            foreach (MarkdownPage page in MarkdownPage.All().Where(page => HasCommands(page) && page.Name is not (Storage or MovingOver or Scale)))
            {
                names.Add(page.Name);
            }

            return names;
        }
    }

    public void Dispose() => _site.Dispose();

    [Theory]
    [MemberData(nameof(Pages))]
    public Task Every_command_works(string page) => FollowAsync(page);

    [NeedsS3Fact]
    public async Task Every_command_works_on_buckets()
    {
        string id = Guid.NewGuid().ToString("N");
        string[] buckets = [$"test-incoming-{id}", $"test-active-{id}"];
        try
        {
            await FollowAsync(
                Storage,
                ("my-site-incoming", buckets[0]),
                ("my-site-active", buckets[1]),
                ("https://sos-ch-dk-2.exo.io", server.Endpoint),
                ("EXO_DEFAULT_REGION=ch-dk-2", "EXO_DEFAULT_REGION=us-east-1"),
                ("=ACCESS", "=" + server.AccessKey),
                ("=SECRET", "=" + server.SecretKey));
        }
        finally
        {
            foreach (string bucket in buckets)
            {
                await server.DropBucketAsync(bucket);
            }
        }
    }

    [NeedsPostgresFact]
    public async Task Every_command_works_on_an_old_site()
    {
        await using OriginalsServer originals = OriginalsServer.Start();
        originals.Serve("1_1.jpg", Pictures.Jpeg(600, 400));

        await FollowAsync(
            MovingOver,
            ("postgresql://reader:p%40ssword@db.example.org:5432/c2corg?sslmode=require", await database.CreateDatabaseAsync(V5Schema.Tables + V5Schema.Row("1_1.jpg"))),
            ("https://s.example.org/uploads/images/", originals.Address.ToString()));
    }

    [NeedsPostgresFact]
    public async Task Every_command_works_on_several_machines() =>
        await FollowAsync(Scale, ("postgresql://images:password@db.example.org:5432/batches", await database.CreateDatabaseAsync("SELECT 1")));

    [Fact]
    public void Each_stand_in_has_a_reason() =>
        Directory.EnumerateFiles(PageSite.Tools).Select(Path.GetFileName).Should().BeEquivalentTo([.. StandIns.Keys, "stop-service"]);

    [Fact]
    public void No_command_is_in_a_block_that_is_not_run() =>
        MarkdownPage.All().SelectMany(page => page.Blocks.Where(HidesACommand).Select(block => $"{page.Name}: {block.Content}")).Should().BeEmpty();

    [Fact]
    public void Commands_are_found_in_blocks_and_in_sentences()
    {
        MarkdownPage page = MarkdownPage.Parse("planted.md", """
            Type `make test`, or `images resize --plan`; `resize` alone is not one.

            ```sh
            make run
            ```

            ```console
            $ images verify
            Nothing was found.
            ```

            ```
            curl http://127.0.0.1:8080/ping
            ```

            """);

        page.CommandsInSentences().Should().Equal("make test", "images resize --plan");
        page.Blocks.Select(block => block.Commands).Should().Equal("make run\n", "images verify\n", null);
        HidesACommand(page.Blocks[2]).Should().BeTrue();
    }

    [Theory]
    [InlineData("make nothing-of-this-name")]
    [InlineData("images resize --no-such-option")]
    [InlineData("docker compose exec images no-such-command")]
    [InlineData("no-such-program")]
    public async Task A_planted_command_that_does_not_work_is_found(string command)
    {
        Followed followed = await _site.FollowAsync(MarkdownPage.Parse("planted.md", $"```sh\nmake help\n{command}\nmake help\n```\n"));

        followed.Problem.Should().Contain($"FAILED: {command}");
    }

    [Theory]
    [InlineData("""{"success":true,"filename":"a.jpg"}""", """{"success":true,"filename":"b.jpg"}""", true)]
    [InlineData("""{"a":[{"b":1}],"c":"then"}""", """{"c":null,"a":[{"b":2},{"b":3}]}""", true)]
    [InlineData("""{"success":true}""", """{"success":true,"filename":"b.jpg"}""", false)]
    [InlineData("""{"a":[{"b":1}]}""", """{"a":[{"b":"1"}]}""", false)]
    public void An_answer_is_of_the_kind_that_is_shown_or_not(string shown, string answer, bool isSame) =>
        (ShapeOf(shown, answer) == ShapeOf(answer, shown)).Should().Be(isSame);

    private static bool HasCommands(MarkdownPage page) =>
        page.Blocks.Any(block => block.Commands is not null) || page.CommandsInSentences().Any(command => !command.StartsWith("images ", StringComparison.Ordinal));

    private static bool HidesACommand(FencedBlock block) => block.Commands is null && CommandLine().IsMatch(block.Content);

    private async Task FollowAsync(string name, params (string Theirs, string Ours)[] replacements)
    {
        MarkdownPage page = MarkdownPage.All().Single(page => page.Name == name);

        Followed followed = await _site.FollowAsync(page, replacements);

        followed.Problem.Should().BeNull();
        for (int i = 1; i < page.Blocks.Count; i++)
        {
            // JSON right after commands is the answer to the last of them.
            if (page.Blocks[i].Language == "json" && followed.Answer(i - 1) is { } answer)
            {
                ShapeOf(answer, page.Blocks[i].Content).Should().Be(ShapeOf(page.Blocks[i].Content, answer), "this is what {0} shows, and the service answered {1}", name, answer);
            }
        }
    }

    /// <summary>The names and kinds of a JSON text; for a list, those of its first element. Null on either side matches any kind.</summary>
    private static string ShapeOf(string json, string other)
    {
        using JsonDocument one = JsonDocument.Parse(json);
        using JsonDocument two = JsonDocument.Parse(other);
        return ShapeOf(one.RootElement, two.RootElement);
    }

    private static string ShapeOf(JsonElement json, JsonElement? other) => json.ValueKind switch
    {
        _ when json.ValueKind == JsonValueKind.Null || other?.ValueKind == JsonValueKind.Null => "any",
        JsonValueKind.Object => string.Join(' ', json.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal).Select(property =>
            $"{property.Name}:({ShapeOf(property.Value, other?.ValueKind == JsonValueKind.Object && other.Value.TryGetProperty(property.Name, out JsonElement same) ? same : null)})")),
        JsonValueKind.Array => $"[{(json.GetArrayLength() == 0 ? "" : ShapeOf(json[0], other is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : null))}]",
        _ => json.ValueKind.ToString(),
    };

    [GeneratedRegex(@"^ *\$? ?(make|images|dotnet|docker|curl|kubectl|export) \S", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
