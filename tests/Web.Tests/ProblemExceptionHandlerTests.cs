using System.Text.Json;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>What each exception becomes, including those that no test can cause over HTTP.</summary>
[Trait("fault", "c2c-7")]
[Trait("Storage", "folders")]
public sealed class ProblemExceptionHandlerTests : IDisposable
{
    private readonly CollectedLogs _logs = new();
    private readonly ServiceProvider _services;
    private readonly DefaultHttpContext _context;

    public ProblemExceptionHandlerTests()
    {
        _services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_logs)).BuildServiceProvider();
        _context = new DefaultHttpContext { RequestServices = _services, TraceIdentifier = "request-17" };
        _context.Response.Body = new MemoryStream();
        _context.Request.Method = "POST";
        _context.Request.Path = "/publish";
        _context.Request.QueryString = new QueryString("?secret=hidden");
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task An_unknown_fault_is_a_500_with_the_request_s_id_and_nothing_else()
    {
        JsonElement problem = await AnswerAsync(new InvalidOperationException("inner text with /srv/path", new IOException("/srv/other")));

        _context.Response.StatusCode.Should().Be(500);
        problem.EnumerateObject().Select(field => field.Name).Should().BeEquivalentTo("type", "title", "status", "detail", "code", "requestId");
        problem.GetProperty("code").GetString().Should().Be("internal");
        problem.GetProperty("requestId").GetString().Should().Be("request-17");
        problem.GetRawText().Should().NotContain("inner text").And.NotContain("/srv");
        _logs.AtLeast(LogLevel.Error).Should().ContainSingle().Which.Should().Contain("request-17").And.Contain("inner text").And.NotContain("hidden");
    }

    [Theory]
    [InlineData(true, "storage_full")]
    [InlineData(false, "storage_unavailable")]
    public async Task A_fault_of_a_storage_is_a_503_for_later(bool isFull, string code)
    {
        JsonElement problem = await AnswerAsync(new StorageException("active", "/srv/active is gone", isFull, new IOException("/srv/active")));

        _context.Response.StatusCode.Should().Be(503);
        _context.Response.Headers.RetryAfter.ToString().Should().NotBeEmpty();
        problem.GetProperty("code").GetString().Should().Be(code);
        problem.GetRawText().Should().NotContain("/srv");
        _logs.AtLeast(LogLevel.Error).Should().ContainSingle().Which.Should().Contain("/srv/active").And.NotContain("hidden");
    }

    [Fact]
    public async Task Too_much_to_do_is_a_503_for_soon()
    {
        JsonElement problem = await AnswerAsync(new BusyException());

        _context.Response.StatusCode.Should().Be(503);
        _context.Response.Headers.RetryAfter.ToString().Should().NotBeEmpty();
        problem.GetProperty("code").GetString().Should().Be("busy");
    }

    [Theory]
    [InlineData(408, 408, "too_slow")]
    [InlineData(413, 413, "request_too_large")]
    [InlineData(400, 400, "malformed_request")]
    [InlineData(431, 400, "malformed_request")]
    public async Task What_the_server_refuses_is_told_in_our_words(int thrown, int status, string code)
    {
        JsonElement problem = await AnswerAsync(new BadHttpRequestException("inner text", thrown));

        _context.Response.StatusCode.Should().Be(status);
        problem.GetProperty("code").GetString().Should().Be(code);
        problem.GetRawText().Should().NotContain("inner text");
        _logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Fact]
    public async Task A_refused_picture_says_why()
    {
        JsonElement problem = await AnswerAsync(new InvalidImageException("too_many_pixels", "It has too many.", 10, 20, new IOException("/srv")));

        _context.Response.StatusCode.Should().Be(400);
        problem.GetProperty("detail").GetString().Should().Be("It has too many.");
        problem.GetProperty("limit").GetInt64().Should().Be(10);
        problem.GetProperty("actual").GetInt64().Should().Be(20);
        problem.GetRawText().Should().NotContain("/srv");
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_a_404_that_names_no_storage()
    {
        JsonElement problem = await AnswerAsync(new ImageNotFoundException(ImageKey.Parse("1_2.jpg"), "the bucket of ours"));

        _context.Response.StatusCode.Should().Be(404);
        problem.GetProperty("code").GetString().Should().Be("unknown_image");
        problem.GetRawText().Should().Contain("1_2.jpg").And.NotContain("bucket");
    }

    [Fact]
    public async Task Errors_are_kept_by_no_cache()
    {
        await AnswerAsync(new ImageNotFoundException(ImageKey.Parse("1_2.jpg"), "active"));

        _context.Response.Headers.CacheControl.ToString().Should().Be("no-store");
    }

    [Fact]
    public async Task Nobody_is_told_when_the_client_is_gone()
    {
        _context.RequestAborted = new CancellationToken(canceled: true);

        bool handled = await Handler().TryHandleAsync(_context, new OperationCanceledException(), default);

        handled.Should().BeTrue();
        _context.Response.Body.Length.Should().Be(0);
        _logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    private ProblemExceptionHandler Handler() => new(_services.GetRequiredService<ILogger<ProblemExceptionHandler>>());

    private async Task<JsonElement> AnswerAsync(Exception exception)
    {
        (await Handler().TryHandleAsync(_context, exception, default)).Should().BeTrue();
        _context.Response.ContentType.Should().Be("application/problem+json");
        _context.Response.Body.Position = 0;
        return (await JsonDocument.ParseAsync(_context.Response.Body)).RootElement;
    }
}
