using System.Reflection;
using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using MediatR;

namespace ImageBackend.Architecture.Tests;

/// <summary>A use case is an internal, sealed handler that knows ports, but no adapter and no other request.</summary>
public sealed class HandlerTests
{
    private static readonly Type[] Application = typeof(IImageStorage).Assembly.GetTypes();

    private static readonly Type[] Handlers = [.. Application.Where(IsHandler)];

    [Fact]
    public void There_are_handlers_to_watch() => Handlers.Should().HaveCountGreaterThan(4);

    [Fact]
    public void Handlers_and_validators_are_internal_and_sealed() =>
        Application.Where(type => IsHandler(type) || IsValidator(type)).Where(type => !IsHidden(type)).Should().BeEmpty();

    [Fact]
    public void A_planted_open_handler_is_found()
    {
        IsHandler(typeof(OpenHandler)).Should().BeTrue();
        IsHidden(typeof(OpenHandler)).Should().BeFalse();
    }

    [Fact]
    public void Handlers_take_only_what_Application_and_the_framework_declare() => Handlers.SelectMany(ForeignParameters).Should().BeEmpty();

    [Fact]
    public void A_planted_adapter_in_a_handler_is_found() => ForeignParameters(typeof(OpenHandler)).Should().Contain(typeof(ImagingSettings));

    [Fact]
    public void Handlers_send_no_requests() => Handlers.Where(SendsRequests).Should().BeEmpty();

    [Fact]
    public void A_planted_handler_that_sends_requests_is_found() => SendsRequests(typeof(OpenHandler)).Should().BeTrue();

    [Fact]
    public void Every_request_has_a_validator_or_nothing_to_validate() => WithoutValidator(Application).Should().BeEmpty();

    [Fact]
    public void A_planted_request_without_a_validator_is_found() =>
        WithoutValidator([.. Application, typeof(Planted)]).Should().Equal(typeof(Planted));

    private static IEnumerable<Type> WithoutValidator(Type[] types) =>
        types.Where(type => type.GetInterfaces().Any(IsRequest) && type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Any(property => !IsAlwaysValid(property.PropertyType)))
            .Except(types.Where(IsValidator).Select(type => type.BaseType!.GetGenericArguments()[0]));

    // Whoever has one has been through its grammar.
    private static bool IsAlwaysValid(Type type) => type == typeof(ImageKey) || type == typeof(bool);

    private static bool IsRequest(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IRequest<>);

    private static bool IsHandler(Type type) =>
        type is { IsClass: true, IsAbstract: false }
        && type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IRequestHandler<,>));

    private static bool IsValidator(Type type) => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IValidator));

    private static bool IsHidden(Type type) => type is { IsPublic: false, IsNestedPublic: false, IsSealed: true };

    private static IEnumerable<Type> ForeignParameters(Type handler) =>
        handler.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.ParameterType)
            .Where(type => type.Namespace is not { } space
                || !(space.StartsWith("ImageBackend.Application", StringComparison.Ordinal)
                    || space.StartsWith("ImageBackend.Domain", StringComparison.Ordinal)
                    || space.StartsWith("Microsoft.Extensions", StringComparison.Ordinal)
                    || space.StartsWith("System", StringComparison.Ordinal)));

    private static bool SendsRequests(Type handler) =>
        handler.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.ParameterType == typeof(IMediator));

#pragma warning disable CA1034 // nested and public, as no handler may be
    public sealed record Planted(string Key) : IRequest<int>;

    public class OpenHandler(ImagingSettings settings, IMediator mediator) : IRequestHandler<Planted, int>
    {
        public Task<int> Handle(Planted request, CancellationToken cancellationToken) => Task.FromResult(settings.DecodeWorkers + mediator.GetHashCode());
    }
#pragma warning restore CA1034
}
