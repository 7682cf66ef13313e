using System.Net;
using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

[Trait("fault", "c2c-12")]
[Trait("fault", "v6-2")]
[Trait("Storage", "folders")]
public sealed class SecretTests : IAsyncLifetime
{
    private const string Key = "1475660224_882910455.jpg";

    private static readonly string[] Protected = ["/publish", "/delete", "/recrop", "/rotate"];

    private TestService _service = null!;

    public static TheoryData<string> Routes => [.. Protected];

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync()
    {
        await using TestService service = _service; // also stopped if this finds something
        service.Logs.All.Should().NotContainAny(service.Secrets);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Missing_is_401(string route)
    {
        using HttpResponseMessage response = await _service.PostAsync(route, ("filename", Key), ("filenames", Key));

        await response.ShouldBeProblemAsync(401, "secret_missing");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task In_the_address_or_a_header_is_missing(string route)
    {
        using FormUrlEncodedContent content = new([KeyValuePair.Create("filename", Key)]);
        content.Headers.Add("secret", TestService.Secret);
        using HttpResponseMessage response = await _service.Client.PostAsync($"{route}?secret={TestService.Secret}", content);

        await response.ShouldBeProblemAsync(401, "secret_missing");
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData(TestService.Secret + " ")]
    [InlineData(" " + TestService.Secret)]
    [InlineData("The-secret-of-these-tests")]
    [InlineData("the-secret-of-these-test")]
    [InlineData("null")]
    public async Task Wrong_or_empty_is_403(string secret)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        foreach (string route in Protected)
        {
            using HttpResponseMessage response = await _service.PostAsync(route, ("secret", secret), ("filename", key), ("filenames", key));

            await response.ShouldBeProblemAsync(403, "secret_wrong");
        }

        (await _service.Active.NamesAsync()).Should().BeEmpty();
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Theory]
    [InlineData("Bearer " + TestService.Secret, null, 200)]
    [InlineData("bearer " + TestService.Secret, TestService.Secret, 200)]
    [InlineData("Basic b3BlbjpzZXNhbWU=", TestService.Secret, 200)]
    [InlineData("Bearer wrong", null, 403)]
    [InlineData("Bearer wrong", TestService.Secret, 403)]
    [InlineData("Bearer " + TestService.Secret, "wrong", 403)]
    [InlineData("Bearer", null, 401)]
    [InlineData("Basic " + TestService.Secret, null, 401)]
    public async Task May_be_a_bearer_token(string header, string? field, int expected)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        (string, string)[] fields = field is null ? [("filename", key)] : [("filename", key), ("secret", field)];
        using HttpRequestMessage request = new(HttpMethod.Post, "/publish")
        {
            Content = new FormUrlEncodedContent(fields.Select(one => KeyValuePair.Create(one.Item1, one.Item2))),
        };
        request.Headers.TryAddWithoutValidation("Authorization", header).Should().BeTrue();

        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        ((int)response.StatusCode).Should().Be(expected, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task May_be_the_previous_one_while_the_site_changes_it()
    {
        await using TestService service = await TestService.StartAsync(("API_SECRET_KEY_PREVIOUS", "the-one-before"));
        string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage old = await service.PostAsync("/publish", ("secret", "the-one-before"), ("filename", key));
        using HttpResponseMessage current = await service.PublishAsync(key);
        using HttpResponseMessage wrong = await service.PostAsync("/publish", ("secret", "the-one-before-that"), ("filename", key));

        ((int)old.StatusCode, (int)current.StatusCode, (int)wrong.StatusCode).Should().Be((200, 200, 403));
        service.Logs.All.Should().NotContainAny("the-one-before");
    }

    [Theory]
    [InlineData(TestService.Secret, TestService.Secret)]
    [InlineData(TestService.Secret, "wrong")]
    [InlineData("wrong", TestService.Secret)]
    public async Task Twice_is_403(string first, string second)
    {
        foreach (string route in Protected)
        {
            using HttpResponseMessage response = await _service.PostAsync(route, ("secret", first), ("secret", second), ("filename", Key));

            await response.ShouldBeProblemAsync(403, "secret_wrong");
        }
    }

    [Theory]
    [InlineData("7", "7")]
    [InlineData("true", "true")]
    [InlineData("{}", "{}")]
    [InlineData("null", "null")]
    public async Task That_is_no_text_in_JSON_is_403_also_where_it_reads_like_the_secret(string secret, string json)
    {
        await using TestService service = await TestService.StartAsync(("API_SECRET_KEY", secret));
        using StringContent bare = new($"{{\"secret\":{json}}}", Encoding.UTF8, "application/json");
        using StringContent text = new($"{{\"secret\":\"{json}\"}}", Encoding.UTF8, "application/json");

        using HttpResponseMessage refused = await service.Client.PostAsync("/delete", bare);
        using HttpResponseMessage taken = await service.Client.PostAsync("/delete", text);

        await refused.ShouldBeProblemAsync(403, "secret_wrong");
        await taken.ShouldBeJsonAsync(200);
    }

    [Fact]
    public async Task In_two_halves_is_403()
    {
        await using TestService service = await TestService.StartAsync(("API_SECRET_KEY", "one,two"));

        using HttpResponseMessage response = await service.PostAsync("/delete", ("secret", "one"), ("secret", "two"));

        await response.ShouldBeProblemAsync(403, "secret_wrong");
    }

    [Fact]
    public async Task Is_asked_for_before_anything_else_is_said()
    {
        using HttpResponseMessage response = await _service.PostAsync("/publish", ("secret", "wrong"), ("filename", "../x"));

        await response.ShouldBeProblemAsync(403, "secret_wrong");
    }

    [Theory]
    [InlineData("application/json", "{", 400, "malformed_request")]
    [InlineData("application/json", "[]", 400, "malformed_request")]
    [InlineData("application/json", "{\"secret\":null}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret\":7}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret\":[\"the-secret-of-these-tests\",\"x\"]}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret\":{\"a\":1}}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret\":[\"the-secret-of-these-tests\"]}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret\":[]}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret[]\":\"the-secret-of-these-tests\"}", 403, "secret_wrong")]
    [InlineData("application/json", "{\"secret\":\"the-secret-of-these-tests\",\"secret[]\":\"the-secret-of-these-tests\"}", 403, "secret_wrong")]
    [InlineData("application/x-www-form-urlencoded", "secret[]=the-secret-of-these-tests", 403, "secret_wrong")]
    [InlineData("application/x-www-form-urlencoded", "secret%5B%5D=the-secret-of-these-tests", 403, "secret_wrong")]
    [InlineData("application/json", "{\"filename\":\"1475660224_882910455.jpg\"}", 401, "secret_missing")]
    [InlineData("text/plain", "secret=the-secret-of-these-tests", 401, "secret_missing")]
    [InlineData("multipart/form-data; boundary=x", "secret=the-secret-of-these-tests", 400, "malformed_request")]
    [InlineData("multipart/form-data", "secret=the-secret-of-these-tests", 400, "malformed_request")]
    public async Task Of_a_body_without_it_is_missing_or_wrong(string contentType, string body, int status, string code)
    {
        foreach (string route in Protected)
        {
            using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using HttpResponseMessage response = await _service.Client.PostAsync(route, content);

            await response.ShouldBeProblemAsync(status, code);
        }
    }

    [Fact]
    public async Task Is_never_asked_for_at_upload_and_active()
    {
        using HttpResponseMessage upload = await _service.UploadAsync(Pictures.Jpeg(60, 40));
        using HttpResponseMessage active = await _service.Client.GetAsync($"/active/{Key}");

        upload.StatusCode.Should().Be(HttpStatusCode.OK);
        active.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("pässwörd & = + %41 \" ' \\ 🏔")]
    [InlineData("0")]
    [InlineData(" ")]
    public async Task May_be_any_text(string secret)
    {
        await using TestService service = await TestService.StartAsync(("API_SECRET_KEY", secret));

        using HttpResponseMessage urlencoded = await service.PostAsync("/delete", ("secret", secret));
        using HttpResponseMessage multipart = await service.SendAsync(new RawForm().Text("secret", secret), "/delete");

        urlencoded.StatusCode.Should().Be(HttpStatusCode.OK);
        multipart.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Is_in_no_log_and_no_answer_of_a_fault()
    {
        await _service.LoseAsync(_service.Incoming);
        await _service.LoseAsync(_service.Active);
        foreach (HttpResponseMessage response in new[]
        {
            await _service.PublishAsync(Key), await _service.DeleteAsync(Key), await _service.UploadAsync(Pictures.Jpeg(60, 40)),
            await _service.Client.PostAsync($"/publish?secret={TestService.Secret}", new FormUrlEncodedContent([KeyValuePair.Create("secret", TestService.Secret), KeyValuePair.Create("filename", Key)])),
        })
        {
            await response.ShouldBeProblemAsync(503, "storage_unavailable");
            response.Headers.ToString().Should().NotContain(TestService.Secret);
        }

        _service.Logs.All.Should().Contain("failed at the", "the faults themselves are logged");
    }
}
