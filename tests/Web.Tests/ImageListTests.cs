using System.Net;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

public sealed class ImageListTests : IAsyncLifetime
{
    // Every character that a name may have.
    private const string Odd = "-_.azAZ09..x-.jpg";

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync()
    {
        await using TestService service = _service;
        service.Logs.All.Should().NotContainAny(service.Secrets);
    }

    [Fact]
    public async Task Has_one_entry_for_each_original_with_its_thumbnails()
    {
        string waiting = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        string published = await _service.UploadedAsync(Pictures.Png(60, 40));
        await (await _service.PublishAsync(published)).ShouldBeJsonAsync(200);

        JsonElement active = await _service.AnswerAsync("/images");
        JsonElement incoming = await _service.AnswerAsync("/images?in=incoming&order=name&limit=200");

        active.GetProperty("in").GetString().Should().Be("active");
        active.GetProperty("order").GetString().Should().Be("name");
        active.GetProperty("next").ValueKind.Should().Be(JsonValueKind.Null);
        active.GetProperty("images").Texts("filename").Should().Equal(published);
        JsonElement image = active.GetProperty("images")[0];
        image.GetProperty("bytes").GetInt64().Should().Be((await _service.Active.ReadAsync(published)).Length);
        image.GetProperty("storedAt").GetDateTime().Kind.Should().Be(DateTimeKind.Utc);
        image.TryGetProperty("expiresAt", out _).Should().BeFalse();
        image.GetProperty("thumbnails").Texts("filename").Should().BeEquivalentTo(new[] { "BI", "MI", "SI" }.Select(suffix => published.Replace(".png", suffix + ".png", StringComparison.Ordinal)));
        image.GetProperty("thumbnails").Texts("suffix").Should().BeEquivalentTo("BI", "MI", "SI");
        incoming.GetProperty("images").Texts("filename").Should().Equal(waiting);
    }

    [Theory]
    [InlineData("1h", true)]
    [InlineData("0", false)]
    public async Task Says_when_an_upload_expires_if_the_service_removes_it(string interval, bool expires)
    {
        await using TestService service = await TestService.StartAsync(("CLEAN_INTERVAL", interval), ("INCOMING_TTL", "3h"));
        await service.UploadedAsync(Pictures.Jpeg(60, 40));

        JsonElement image = (await service.AnswerAsync("/images?in=incoming")).GetProperty("images")[0];

        image.TryGetProperty("expiresAt", out JsonElement at).Should().Be(expires);
        if (expires)
        {
            at.GetDateTime().Should().BeWithin(TimeSpan.FromMinutes(1)).After(image.GetProperty("storedAt").GetDateTime().AddHours(3).AddMinutes(-0.5));
        }
    }

    [Fact]
    public async Task Gives_every_image_once_by_pages_in_each_order()
    {
        string[] names = ["1475660224_7.jpg", "1475660224_77.gif", "1475660225_7.svg", "1.png", Odd, "zz.jpg", "K.jpg"];
        foreach (string name in names.Concat(["1475660224_7BI.jpg", "zzSI.jpg", "zzSI.webp", "K.svg", "KBI.jpg"]))
        {
            await _service.Active.PutAsync(name, [1, 2, 3]);
        }

        // A bucket has no newest: then by name.
        foreach (string order in (await _service.AnswerAsync("/images")).GetProperty("orders").EnumerateArray().Select(one => one.GetString()!).Append("newest,name"))
        {
            List<JsonElement> all = [];
            string? next = "";
            while (next is not null)
            {
                JsonElement page = await _service.AnswerAsync($"/images?order={order}&limit=3{(next.Length > 0 ? $"&after={next}" : "")}");
                all.AddRange(page.GetProperty("images").EnumerateArray());
                next = page.GetProperty("next").GetString();
            }

            string[] found = [.. all.Select(image => image.GetProperty("filename").GetString()!)];
            found.Should().BeEquivalentTo([.. names, "K.svg"]);
            if (order == "name")
            {
                found.Should().BeInAscendingOrder(StringComparer.Ordinal);
            }

            all.Where(image => image.GetProperty("thumbnails").GetArrayLength() > 0)
                .Select(image => $"{image.GetProperty("filename")}: {string.Join(" ", image.GetProperty("thumbnails").Texts("filename").Order())}")
                .Should().BeEquivalentTo("1475660224_7.jpg: 1475660224_7BI.jpg", "zz.jpg: zzSI.jpg zzSI.webp", "K.jpg: KBI.jpg", "K.svg: KBI.jpg");
        }
    }

    [Fact]
    public async Task Passes_over_what_is_no_image_of_ours()
    {
        foreach (string name in new[] { "readme.txt", "photo.JPG", "holidayBI.jpg", "alone.webp", "alone.avif", "Thumbs.db", "a b.jpg", "ümlaut.jpg", "photo.jpg" })
        {
            await _service.Active.PutAsync(name, [1]);
        }

        (await _service.AnswerAsync("/images")).GetProperty("images").Texts("filename").Should().Equal("photo.jpg");
    }

    [Theory]
    [InlineData("name", "1475660225", "1475660225_7.jpg")]
    [InlineData("name", "1475660224_7.jpg", "1475660224_7.jpg")]
    [InlineData("name", Odd, Odd)]
    [InlineData("newest", "1475660225", "1475660225_7.jpg")]
    [InlineData("newest", "1475660225_6.jpg", "1475660224_7.jpg")]
    [InlineData("newest", "1475660224_7.jpg", "1475660224_7.jpg")]
    [InlineData("newest", Odd, Odd)]
    public async Task Begins_at_a_name_or_its_beginning(string order, string from, string first)
    {
        foreach (string name in new[] { "1475660224_7.jpg", "1475660225_7.jpg", "1475660226_7.jpg", Odd })
        {
            await _service.Active.PutAsync(name, [1]);
        }

        if ((await _service.AnswerAsync("/images")).GetProperty("orders").GetArrayLength() == 1 && order == "newest")
        {
            using HttpResponseMessage refused = await _service.AskAsync($"/images?order={order}&from={from}");
            await refused.ShouldBeProblemAsync(400, "bad_parameter");
            return;
        }

        JsonElement page = await _service.AnswerAsync($"/images?order={order}&from={from}&limit=1");
        page.GetProperty("images").Texts("filename").Should().Equal(first);
    }

    [Fact]
    public async Task Goes_on_where_the_image_at_the_end_of_a_page_was_removed()
    {
        foreach (string name in new[] { "a.jpg", "b.jpg", "c.jpg" })
        {
            await _service.Active.PutAsync(name, [1]);
        }

        foreach (string order in (await _service.AnswerAsync("/images")).GetProperty("orders").EnumerateArray().Select(one => one.GetString()!))
        {
            JsonElement page = await _service.AnswerAsync($"/images?limit=1&order={order}");
            string last = page.GetProperty("images").Texts("filename").Single();
            byte[] content = await _service.Active.ReadAsync(last);
            await _service.Active.RemoveAsync(last);

            JsonElement rest = await _service.AnswerAsync($"/images?order={order}&after={page.GetProperty("next")}");

            rest.GetProperty("images").Texts("filename").Should().HaveCount(2).And.NotContain(last);
            await _service.Active.PutAsync(last, content);
        }
    }

    [Theory]
    [InlineData("in=temp")]
    [InlineData("in=")]
    [InlineData("order=size")]
    [InlineData("order=NAME")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=-1")]
    [InlineData("limit=1e2")]
    [InlineData("limit=99999999999")]
    [InlineData("after=../x")]
    [InlineData("after=.hidden")]
    [InlineData("after=")]
    [InlineData("after=a%0Ab")]
    [InlineData("after=1~a.jpg")]
    [InlineData("from=%2Fetc")]
    [InlineData("from=a.jpg&after=b.jpg")]
    [InlineData("order=newest&after=a.jpg")]
    [InlineData("order=newest&after=99999999999999999999~a.jpg")]
    [InlineData("order=newest&from=a")]
    public async Task Refuses_what_makes_no_sense(string query)
    {
        using HttpResponseMessage response = await _service.AskAsync($"/images?{query}");

        JsonElement problem = await response.ShouldBeProblemAsync(400, "bad_parameter");
        problem.GetProperty("detail").GetString().Should().Contain("is not valid");
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Theory]
    [InlineData("/images")]
    [InlineData("/images/1475660224_7.jpg")]
    [InlineData("/images/1475660224_7.jpg/verify")]
    [InlineData("/incoming/1475660224_7.jpg")]
    [InlineData("/figures")]
    public async Task Needs_the_secret_as_a_bearer_token(string path)
    {
        HttpMethod method = path.EndsWith("verify", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get;
        using HttpResponseMessage missing = await _service.AskAsync(path, secret: null, method);
        using HttpResponseMessage inAddress = await _service.AskAsync($"{path}?secret={TestService.Secret}", secret: null, method);
        using HttpResponseMessage wrong = await _service.AskAsync(path, "wrong", method);
        using HttpRequestMessage withForm = new(method, path) { Content = new FormUrlEncodedContent([KeyValuePair.Create("secret", TestService.Secret)]) };
        using HttpResponseMessage inForm = await _service.Client.SendAsync(withForm);

        await missing.ShouldBeProblemAsync(401, "secret_missing");
        await inAddress.ShouldBeProblemAsync(401, "secret_missing");
        await wrong.ShouldBeProblemAsync(403, "secret_wrong");
        await inForm.ShouldBeProblemAsync(401, "secret_missing");
        wrong.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Fact]
    public async Task Takes_the_previous_secret_while_it_is_changed()
    {
        await using TestService service = await TestService.StartAsync(("API_SECRET_KEY_PREVIOUS", "the-one-before"), ("ROUTE_PREFIX", "/img"));

        using HttpResponseMessage old = await service.AskAsync("/img/images", "the-one-before");
        using HttpResponseMessage current = await service.AskAsync("/img/images");
        using HttpResponseMessage older = await service.AskAsync("/img/images", "the-one-before-that");

        (old.StatusCode, current.StatusCode, older.StatusCode).Should().Be((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Is_a_fault_where_the_storage_is_gone()
    {
        await _service.LoseAsync(_service.Active);

        using HttpResponseMessage list = await _service.AskAsync("/images");
        using HttpResponseMessage image = await _service.AskAsync("/images/1475660224_7.jpg");

        await list.ShouldBeProblemAsync(503, "storage_unavailable");
        await image.ShouldBeProblemAsync(503, "storage_unavailable");
        list.Headers.RetryAfter.Should().NotBeNull();
    }
}
