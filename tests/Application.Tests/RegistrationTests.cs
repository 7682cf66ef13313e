using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Application.Tests;

public sealed class RegistrationTests : IDisposable
{
    private readonly TestApp _app = new();

    public static TheoryData<Type> Requests => new(typeof(DependencyInjection).Assembly.GetTypes().Where(type => AnswerOf(type) is not null));

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Requests))]
    public void Each_request_has_one_handler(Type request)
    {
        Type handler = typeof(IRequestHandler<,>).MakeGenericType(request, AnswerOf(request)!);

        _app.Services.GetServices(handler).Should().ContainSingle();
    }

    [Fact]
    public void A_second_handler_of_a_request_fails_at_start()
    {
        ServiceCollection services = new();
        services.AddTransient<IRequestHandler<DeleteImages, DeletedImages>, SecondHandler>();
        Action act = () => services.AddApplication();

        act.Should().Throw<Exception>().WithMessage("*DeleteImages*");
    }

    [Fact]
    public void Numbers_of_keys_are_drawn_from_the_whole_range()
    {
        using ServiceProvider services = new ServiceCollection().AddApplication().BuildServiceProvider();
        KeyNumberSource draw = services.GetRequiredService<KeyNumberSource>();

        long[] numbers = [.. Enumerable.Range(0, 2000).Select(_ => draw())];

        numbers.Should().OnlyContain(number => number >= 0 && number <= 9_999_999_999).And.OnlyHaveUniqueItems();
        // The probability that one tenth of the range stays empty is 0.9^2000, below 10^-91.
        numbers.Select(number => number / 1_000_000_000).Distinct().Should().HaveCount(10);
    }

    [Fact]
    public void The_clock_is_the_systems_unless_another_is_registered()
    {
        using ServiceProvider services = new ServiceCollection().AddApplication().BuildServiceProvider();
        using ServiceProvider others = new ServiceCollection().AddSingleton<TimeProvider>(_app.Time).AddApplication().BuildServiceProvider();

        services.GetRequiredService<TimeProvider>().Should().BeSameAs(TimeProvider.System);
        others.GetRequiredService<TimeProvider>().Should().BeSameAs(_app.Time);
    }

    private static Type? AnswerOf(Type request) => request.IsAbstract
        ? null
        : request.GetInterfaces()
            .Where(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IRequest<>))
            .Select(one => one.GetGenericArguments()[0])
            .SingleOrDefault();

    private sealed class SecondHandler : IRequestHandler<DeleteImages, DeletedImages>
    {
        public Task<DeletedImages> Handle(DeleteImages request, CancellationToken cancellationToken) =>
            Task.FromResult(new DeletedImages([]));
    }
}
