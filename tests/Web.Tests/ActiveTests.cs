using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Published images as browsers and caches request them.</summary>
public sealed class ActiveTests : IAsyncLifetime
{
    private const string Key = "1475660224_882910455.jpg";

    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(("CACHE_CONTROL", "public, max-age=77"));
        await _service.Active.PutAsync(Key, Content);
    }

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Fact]
    public async Task Come_with_all_that_a_cache_needs()
    {
        using HttpResponseMessage response = await _service.Client.GetAsync($"/active/{Key}");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Content);
        response.Content.Headers.ContentLength.Should().Be(Content.Length);
        response.Content.Headers.ContentType!.ToString().Should().Be("image/jpeg");
        response.Content.Headers.LastModified.Should().Be(await WrittenAtAsync());
        response.Headers.ETag!.IsWeak.Should().BeFalse();
        response.Headers.CacheControl!.ToString().Should().Be("public, max-age=77");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        response.Headers.Contains("Content-Security-Policy").Should().BeFalse();
        response.Headers.AcceptRanges.Should().Equal("bytes");
    }

    [Fact]
    public async Task Answer_HEAD_as_GET_without_the_body()
    {
        using HttpRequestMessage request = new(HttpMethod.Head, $"/active/{Key}");
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.Should().Be(Content.Length);
        response.Headers.ETag.Should().NotBeNull();
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Are_not_sent_again_to_who_has_them()
    {
        using HttpResponseMessage first = await _service.Client.GetAsync($"/active/{Key}");

        foreach (Action<HttpRequestHeaders> condition in new Action<HttpRequestHeaders>[]
        {
            headers => headers.IfNoneMatch.Add(first.Headers.ETag!),
            headers => headers.IfNoneMatch.Add(EntityTagHeaderValue.Any),
            headers => headers.IfModifiedSince = first.Content.Headers.LastModified,
        })
        {
            using HttpResponseMessage again = await GetAsync(condition);

            again.StatusCode.Should().Be(HttpStatusCode.NotModified);
            (await again.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
            again.Headers.ETag.Should().Be(first.Headers.ETag);
        }
    }

    [Fact]
    public async Task Are_sent_to_who_has_older_ones()
    {
        using HttpResponseMessage other = await GetAsync(headers => headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\"")));
        DateTimeOffset before = await WrittenAtAsync() - TimeSpan.FromSeconds(1);
        using HttpResponseMessage older = await GetAsync(headers => headers.IfModifiedSince = before);

        other.StatusCode.Should().Be(HttpStatusCode.OK);
        older.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Have_another_tag_when_their_content_changes()
    {
        using HttpResponseMessage first = await _service.Client.GetAsync($"/active/{Key}");
        await _service.Active.PutAsync(Key, [.. Content, 1]);

        using HttpResponseMessage second = await GetAsync(headers => headers.IfNoneMatch.Add(first.Headers.ETag!));

        second.StatusCode.Should().Be(HttpStatusCode.OK);
        second.Headers.ETag.Should().NotBe(first.Headers.ETag);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=10-", 10, 990)]
    [InlineData("bytes=-5", 995, 5)]
    [InlineData("bytes=990-2000", 990, 10)]
    [InlineData("bytes=0-0", 0, 1)]
    public async Task Are_sent_in_part(string range, int from, int length)
    {
        using HttpResponseMessage response = await GetAsync(headers => headers.TryAddWithoutValidation("Range", range));

        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentRange!.ToString().Should().Be($"bytes {from}-{from + length - 1}/1000");
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Content[from..(from + length)]);
    }

    [Theory]
    [InlineData("bytes=-2000", 0, 1000)]
    [InlineData("bytes=0-", 0, 1000)]
    [InlineData("bytes=999-999", 999, 1)]
    public async Task Are_sent_in_the_part_that_there_is(string range, int from, int length) => await Are_sent_in_part(range, from, length);

    [Theory]
    [InlineData("bytes=0-9,20-29")]
    [InlineData("bytes=9-0")]
    [InlineData("lines")]
    public async Task Are_sent_whole_when_no_single_part_is_asked_for(string range)
    {
        using HttpResponseMessage response = await GetAsync(headers => headers.TryAddWithoutValidation("Range", range));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Content);
    }

    [Fact]
    public async Task Are_sent_in_part_to_who_has_the_rest_of_the_same_and_whole_to_who_has_that_of_another()
    {
        using HttpResponseMessage first = await _service.Client.GetAsync($"/active/{Key}");
        DateTimeOffset writtenAt = await WrittenAtAsync();
        foreach ((RangeConditionHeaderValue condition, bool isPart) in new[]
        {
            (new RangeConditionHeaderValue(first.Headers.ETag!), true),
            (new RangeConditionHeaderValue(new EntityTagHeaderValue("\"other\"")), false),
            (new RangeConditionHeaderValue(new EntityTagHeaderValue(first.Headers.ETag!.Tag, isWeak: true)), false),
            (new RangeConditionHeaderValue(writtenAt), true),
            (new RangeConditionHeaderValue(writtenAt - TimeSpan.FromSeconds(1)), false),
        })
        {
            using HttpResponseMessage response = await GetAsync(headers =>
            {
                headers.Range = new RangeHeaderValue(100, 199);
                headers.IfRange = condition;
            });

            response.StatusCode.Should().Be(isPart ? HttpStatusCode.PartialContent : HttpStatusCode.OK, "{0}", condition);
            (await response.Content.ReadAsByteArrayAsync()).Should().Equal(isPart ? Content[100..200] : Content);
        }
    }

    [Fact]
    public async Task Answer_HEAD_of_a_part_without_the_body()
    {
        using HttpRequestMessage request = new(HttpMethod.Head, $"/active/{Key}") { Headers = { Range = new RangeHeaderValue(100, 199) } };
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentRange!.ToString().Should().Be("bytes 100-199/1000");
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("bytes=-0")]
    [InlineData("bytes=2000-3000")]
    public async Task Have_no_part_that_is_empty_or_elsewhere(string range)
    {
        using HttpResponseMessage response = await GetAsync(headers => headers.TryAddWithoutValidation("Range", range));

        response.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        response.Content.Headers.ContentRange!.ToString().Should().Be("bytes */1000");
    }

    [Fact]
    public async Task Have_no_part_past_their_end()
    {
        using HttpResponseMessage response = await GetAsync(headers => headers.TryAddWithoutValidation("Range", "bytes=1000-"));

        response.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        response.Content.Headers.ContentRange!.ToString().Should().Be("bytes */1000");
    }

    [Fact]
    public async Task That_are_drawings_may_do_nothing()
    {
        await _service.Active.PutAsync("1475660224_882910455.svg", Pictures.SvgBytes());

        using HttpResponseMessage response = await _service.Client.GetAsync("/active/1475660224_882910455.svg");

        response.Content.Headers.ContentType!.ToString().Should().Be("image/svg+xml");
        response.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("default-src 'none'").And.Contain("sandbox");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    [Theory]
    [InlineData("webp", "image/webp")]
    [InlineData("avif", "image/avif")]
    public async Task Of_modern_formats_that_a_predecessor_left_are_served(string extension, string contentType)
    {
        await _service.Active.PutAsync($"1475660224_882910455BI.{extension}", [1, 2, 3]);

        using HttpResponseMessage response = await _service.Client.GetAsync($"/active/1475660224_882910455BI.{extension}");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be(contentType);
    }

    [Theory]
    [InlineData("/active/1475660225_882910455.jpg")]
    [InlineData("/active/secret.txt")]
    [InlineData("/active/..%2Fincoming%2F1475660224_000000001.jpg")]
    [InlineData("/active/%2E%2E%2Fincoming%2F1475660224_000000001.jpg")]
    [InlineData("/active/.hidden.jpg")]
    [InlineData("/active/.meta%2F1475660224_882910455.jpg.json")]
    [InlineData("/active/1475660224_882910455.jpg%0A")]
    [InlineData("/active/1475660224_882910455.JPG")]
    [Trait("fault", "v6-1")]
    public async Task That_are_none_are_unknown(string address)
    {
        await _service.Incoming.PutAsync("1475660224_000000001.jpg", Content);
        await _service.Active.PutAsync("secret.txt", Content);
        await _service.Active.PutAsync(".hidden.jpg", Content);

        string answer = await _service.SendRawAsync(Encoding.ASCII.GetBytes($"GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));

        answer.Should().StartWith("HTTP/1.1 404").And.Contain("\"code\":\"unknown_image\"");
        answer.ShouldTellNothingOfTheInsides();
    }

    [Theory]
    [InlineData("/active/../waiting/1475660224_000000001.jpg")]
    [InlineData("/active/")]
    [InlineData("/active")]
    [InlineData("/active/a/b.jpg")]
    public async Task Are_one_segment_below_their_address(string address)
    {
        string answer = await _service.SendRawAsync(Encoding.ASCII.GetBytes($"GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));

        answer.Should().StartWith("HTTP/1.1 404").And.Contain("\"code\":\"unknown_route\"");
    }

    private static byte[] Content { get; } = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];

    // In whole seconds, as in headers.
    private async Task<DateTimeOffset> WrittenAtAsync() => DateTimeOffset.FromUnixTimeSeconds((await _service.Active.WrittenAtAsync(Key)).ToUnixTimeSeconds());

    private async Task<HttpResponseMessage> GetAsync(Action<HttpRequestHeaders> condition)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/active/{Key}");
        condition(request.Headers);
        return await _service.Client.SendAsync(request);
    }
}
