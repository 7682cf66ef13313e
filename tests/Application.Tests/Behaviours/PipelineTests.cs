using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Application.Tests.Behaviours;

public sealed class PipelineTests : IDisposable
{
    private readonly TestApp _app = new()
    {
        Also = services =>
        {
            services.AddTransient<IValidator<PublishImage>, NeverOnSunday>();
            services.AddTransient<IValidator<PublishImage>, NeverOnMonday>();
        },
    };

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_request_that_fails_its_validation_is_logged_and_never_handled()
    {
        Func<Task> act = () => _app.SendAsync(new PublishImage("../canary.jpg"));

        await act.Should().ThrowAsync<ValidationException>();
        _app.Log.All.Should().ContainSingle().Which.Should().MatchRegex(@"\ADebug PublishImage took [0-9]+ ms\z");
        _app.Calls.Log.Should().BeEmpty();
    }

    [Fact]
    public async Task All_failures_of_all_validators_come_in_one_exception()
    {
        Func<Task> act = () => _app.SendAsync(new PublishImage("../canary.jpg"));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Select(error => error.ErrorCode)
            .Should().Equal("bad_key", "sunday", "monday", "monday too");
    }

    [Fact]
    public async Task A_request_that_succeeds_is_logged_without_its_contents()
    {
        await _app.SendAsync(new DeleteImages(["1475660224_882910455.jpg"]));

        _app.Log.All.Should().ContainSingle().Which.Should().MatchRegex(@"\ADebug DeleteImages took [0-9]+ ms\z");
    }

    [Fact]
    public async Task A_fault_is_passed_on_and_not_logged_here()
    {
        _app.Active.IsBroken = true;
        Func<Task> act = () => _app.SendAsync(new DeleteImages(["1475660224_882910455.jpg"]));

        await act.Should().ThrowAsync<StorageException>();
        _app.Log.All.Should().ContainSingle().Which.Should().StartWith("Debug DeleteImages took");
    }

    private sealed class NeverOnSunday : AbstractValidator<PublishImage>
    {
        public NeverOnSunday() => RuleFor(request => request.Key).Must(_ => false).WithErrorCode("sunday");
    }

    private sealed class NeverOnMonday : AbstractValidator<PublishImage>
    {
        public NeverOnMonday()
        {
            RuleFor(request => request.Key).Must(_ => false).WithErrorCode("monday");
            RuleFor(request => request.Key).Must(_ => false).WithErrorCode("monday too");
        }
    }
}
